import { type ReactNode, useId } from 'react';
import { useAct } from '../api/use-act';
import { Dialog } from './dialog';
import { DialogActions } from './dialog-actions';
import { Problem } from './problem';

interface ConfirmProps<T> {
  readonly title: string;
  /** Label of the confirming button: the action in a word. */
  readonly act: string;
  readonly danger?: boolean;
  /** Label of the dismissing button, for an action that is itself called "Cancel". */
  readonly dismiss?: string;
  readonly onConfirm: () => Promise<T>;
  /** Called with the result, instead of `onClose`. */
  readonly onDone?: (result: T) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks for confirmation before an action. If the action fails, the dialog stays open with the error. */
export function Confirm<T>(props: ConfirmProps<T>) {
  const { title, act, danger = false, dismiss, onConfirm, onClose, onDone = onClose, children } = props;
  const question = useId();
  const attempt = useAct(onConfirm, { onSuccess: onDone });
  return (
    <Dialog title={title} describedBy={question} onClose={onClose}>
      <div id={question}>{children}</div>
      {attempt.error && <Problem error={attempt.error} />}
      <DialogActions
        act={act}
        danger={danger}
        underWay={attempt.isPending}
        dismiss={dismiss}
        onAct={() => attempt.mutate()}
        onClose={onClose}
      />
    </Dialog>
  );
}

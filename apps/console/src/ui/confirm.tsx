import { type ReactNode, useId } from 'react';
import { useAct } from '../api/use-act';
import { Dialog } from './dialog';
import { DialogActions } from './dialog-actions';
import { Problem } from './problem';

interface ConfirmProps<T> {
  readonly title: string;
  /** What the button says: the act in a word. */
  readonly act: string;
  readonly danger?: boolean;
  /** What the button says that leaves everything as it is; for an act that is itself called to cancel. */
  readonly dismiss?: string;
  readonly onConfirm: () => Promise<T>;
  /** With what was answered, instead of `onClose`. */
  readonly onDone?: (result: T) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks before it does something; stays open with the reason if that fails. */
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

import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Dialog } from './dialog';
import { Problem } from './problem';

interface ConfirmProps {
  readonly title: string;
  /** What the button says: the act in a word. */
  readonly act: string;
  readonly danger?: boolean;
  /** What the button says that leaves everything as it is; for an act that is itself called to cancel. */
  readonly dismiss?: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks before it does something; stays open with the reason if that fails. */
export function Confirm({
  title,
  act,
  danger = false,
  dismiss = 'Cancel',
  onConfirm,
  onClose,
  children,
}: ConfirmProps) {
  const attempt = useMutation({ mutationFn: onConfirm, onSuccess: onClose });
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {attempt.error && <Problem error={attempt.error} />}
      <div className="actions">
        <button type="button" onClick={onClose}>
          {dismiss}
        </button>
        <button
          type="button"
          className={danger ? 'danger' : 'primary'}
          disabled={attempt.isPending}
          onClick={() => attempt.mutate()}
        >
          {act}
        </button>
      </div>
    </Dialog>
  );
}

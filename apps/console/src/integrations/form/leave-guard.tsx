import { useId } from 'react';
import { useBeforeUnload, useBlocker } from 'react-router';
import { Dialog } from '../../ui/dialog';

interface LeaveGuardProps {
  readonly isDirty: () => boolean;
  readonly onStay?: (() => void) | undefined;
}

/** Asks before unsaved input is lost by leaving the page or closing the window. */
export function LeaveGuard({ isDirty, onStay }: LeaveGuardProps) {
  const warning = useId();
  const blocker = useBlocker(isDirty);
  useBeforeUnload((event) => {
    if (isDirty()) event.preventDefault();
  });
  if (blocker.state !== 'blocked') return null;
  const stay = () => {
    blocker.reset();
    onStay?.();
  };
  return (
    <Dialog title="Leave without saving?" describedBy={warning} onClose={stay}>
      <p id={warning}>Your unsaved changes will be lost.</p>
      <div className="actions">
        <button type="button" onClick={stay}>
          Stay
        </button>
        <button type="button" className="danger" onClick={blocker.proceed}>
          Leave
        </button>
      </div>
    </Dialog>
  );
}

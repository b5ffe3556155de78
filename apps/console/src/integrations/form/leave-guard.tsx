import { useId } from 'react';
import { useBeforeUnload, useBlocker } from 'react-router';
import { Dialog } from '../../ui/dialog';

interface LeaveGuardProps {
  readonly isDirty: () => boolean;
  readonly onStay?: (() => void) | undefined;
}

/** Asks before what was filled in is lost, be it to another page or to a closed window. */
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
      <p id={warning}>What you have filled in and is not saved is lost.</p>
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

import type { ReplayedView } from '@integrations/contracts';
import { Done } from '../../ui/done';

interface ReplayDoneProps {
  readonly replayed: ReplayedView;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** The result of a replay. */
export function ReplayDone({ replayed: { queued, superseded, complete }, onAgain, onClose }: ReplayDoneProps) {
  return (
    <Done onClose={onClose}>
      <strong>Replay: </strong>
      {queued.toLocaleString('en')} queued, {superseded.toLocaleString('en')} superseded.{' '}
      {complete ? (
        'That is everything. Operations whose posting is still offline are parked again.'
      ) : (
        <>
          Not everything could be queued within 20 seconds.{' '}
          <button type="button" onClick={onAgain}>
            Continue
          </button>
        </>
      )}
    </Done>
  );
}

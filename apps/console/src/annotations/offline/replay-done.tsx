import { Done } from '../../ui/done';
import type { Replayed } from './parked-payload';

interface ReplayDoneProps {
  readonly replayed: Replayed;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** What a replay came to. */
export function ReplayDone({ replayed: { queued, superseded, complete }, onAgain, onClose }: ReplayDoneProps) {
  return (
    <Done onClose={onClose}>
      <strong>Replay: </strong>
      {queued.toLocaleString('en')} queued, {superseded.toLocaleString('en')} superseded.{' '}
      {complete ? (
        'That was all that matched; what is still not to be posted is parked again.'
      ) : (
        <>
          There is more than could be queued in 20 seconds.{' '}
          <button type="button" onClick={onAgain}>
            Go on
          </button>
        </>
      )}
    </Done>
  );
}

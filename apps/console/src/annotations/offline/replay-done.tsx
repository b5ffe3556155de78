import type { ReplayedView } from '@integrations/contracts';
import { Done } from '../../ui/done';

interface ReplayDoneProps {
  readonly replayed: ReplayedView;
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

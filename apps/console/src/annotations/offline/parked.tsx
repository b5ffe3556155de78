import type { Lines } from '../../api/lines';
import { Problem } from '../../ui/problem';
import { ParkedActions } from './parked-actions';
import type { ParkedFilter, ParkedPayload } from './parked-payload';
import { ParkedTable } from './parked-table';
import { useParked } from './use-parked';

export function Parked({ filter }: { filter: ParkedFilter }) {
  const { data: parked, error, refetch } = useParked(filter);
  return (
    <>
      <ParkedActions filter={filter} count={parked ? countOf(parked) : null} />
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!parked && !error && <p className="quiet">Loading …</p>}
      {parked && parked.kept.length === 0 && <p className="quiet">Nothing is parked that matches.</p>}
      {parked && parked.kept.length > 0 && <ParkedTable parked={parked.kept} />}
      {parked && parked.more > 0 && (
        <p className="quiet">
          The {parked.kept.length} that are parked longest are shown. There are {parked.complete ? '' : 'more than '}
          {parked.more.toLocaleString('en')} more: filter, or download all of them.
        </p>
      )}
    </>
  );
}

function countOf({ kept, more, complete }: Lines<ParkedPayload>): string {
  const count = (kept.length + more).toLocaleString('en');
  return complete ? count : `more than ${count}`;
}

import type { ParkedPayloadView } from '@integrations/contracts';
import type { Lines } from '../../api/lines';
import { Answer } from '../../ui/answer';
import { isFiltered } from '../../ui/filters';
import { ParkedActions } from './parked-actions';
import type { ParkedFilter } from './parked-filter';
import { ParkedTable } from './parked-table';
import { useParked } from './use-parked';

export function Parked({ filter }: { filter: ParkedFilter }) {
  const parked = useParked(filter);
  return (
    <>
      <ParkedActions filter={filter} count={parked.data ? countOf(parked.data) : null} />
      <div aria-busy={parked.isPlaceholderData}>
        <Answer to={parked}>{(lines) => <Shown lines={lines} empty={emptyOf(filter)} />}</Answer>
      </div>
    </>
  );
}

interface ShownProps {
  readonly lines: Lines<ParkedPayloadView>;
  /** What is said where there is nothing. */
  readonly empty: string;
}

function Shown({ lines: { kept, more, complete }, empty }: ShownProps) {
  if (kept.length === 0) return <p className="quiet">{empty}</p>;
  return (
    <>
      <ParkedTable parked={kept} />
      {more > 0 && (
        <p className="quiet">
          The {kept.length} that are parked longest are shown. There are {complete ? '' : 'more than '}
          {more.toLocaleString('en')} more: filter, or download all of them.
        </p>
      )}
    </>
  );
}

function emptyOf(filter: ParkedFilter): string {
  return isFiltered(filter)
    ? 'Nothing is parked that matches.'
    : 'Nothing is parked. What is asked for while posting is off waits here.';
}

function countOf({ kept, more, complete }: Lines<ParkedPayloadView>): string {
  const count = (kept.length + more).toLocaleString('en');
  return complete ? count : `more than ${count}`;
}

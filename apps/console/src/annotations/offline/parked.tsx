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
  /** Text for an empty list. */
  readonly empty: string;
}

function Shown({ lines: { kept, more, complete }, empty }: ShownProps) {
  if (kept.length === 0) return <p className="quiet">{empty}</p>;
  return (
    <>
      <ParkedTable parked={kept} />
      {more > 0 && (
        <p className="quiet">
          Only the {kept.length} longest parked are shown. There are {complete ? '' : 'more than '}
          {more.toLocaleString('en')} more: use the filters, or download all of them.
        </p>
      )}
    </>
  );
}

function emptyOf(filter: ParkedFilter): string {
  return isFiltered(filter)
    ? 'No parked operation matches.'
    : 'Nothing is parked. Operations requested while posting is offline wait here.';
}

function countOf({ kept, more, complete }: Lines<ParkedPayloadView>): string {
  const count = (kept.length + more).toLocaleString('en');
  return complete ? count : `more than ${count}`;
}

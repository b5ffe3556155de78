import type { ReactNode } from 'react';
import type { Paged } from '../api/paged';
import { amountOf } from './amount';
import { Problem } from './problem';

interface ListProps<T> {
  readonly list: Paged<T>;
  /** Text for an empty list. */
  readonly empty: string;
  /** Renders the items. */
  readonly children: (items: readonly T[]) => ReactNode;
}

/**
 * A paged list. Below it, also announced to screen readers, are its size or loading state, and a button for more. An
 * error stands above the list, where it is visible even if the list is long; earlier items stay visible.
 */
export function List<T>({ list, empty, children }: ListProps<T>) {
  return (
    <>
      <div aria-busy={list.outdated}>
        {list.error && !list.moreFailed && <Problem error={list.error} onRetry={list.retry} />}
        {list.items.length > 0 && children(list.items)}
      </div>
      <Foot list={list} empty={empty} />
    </>
  );
}

/** Takes over the focus from the button when there is nothing more to show. */
function Foot({ list, empty }: { list: Paged<unknown>; empty: string }) {
  return (
    <div tabIndex={-1}>
      <p role="status" className="quiet">
        {amountOf(list, empty)}
      </p>
      {list.moreFailed && list.error && <Problem error={list.error} onRetry={list.retry} />}
      {list.hasMore && !list.moreFailed && (
        <button type="button" onClick={list.loadMore} aria-disabled={list.loadingMore}>
          {list.loadingMore ? 'Loading …' : 'Show more'}
        </button>
      )}
    </div>
  );
}

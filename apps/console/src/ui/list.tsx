import type { ReactNode } from 'react';
import type { Paged } from '../api/paged';
import { Problem } from './problem';

interface ListProps<T> {
  readonly list: Paged<T>;
  /** What is said where there is nothing. */
  readonly empty: string;
  /** Shows what there is. */
  readonly children: (items: readonly T[]) => ReactNode;
}

/**
 * A list page by page, and below it what it waits for, that there is nothing, or the way on. Why it failed stands above,
 * where it is seen though the list is long; what was there before is shown still.
 */
export function List<T>({ list, empty, children }: ListProps<T>) {
  return (
    <div aria-busy={list.outdated}>
      {list.error && !list.moreFailed && <Problem error={list.error} onRetry={list.retry} />}
      {list.items.length > 0 && children(list.items)}
      <Foot list={list} empty={empty} />
    </div>
  );
}

function Foot({ list, empty }: { list: Paged<unknown>; empty: string }) {
  if (list.moreFailed && list.error) return <Problem error={list.error} onRetry={list.retry} />;
  if (list.error && list.items.length === 0) return null;
  if (list.loading) return <p className="quiet">Loading …</p>;
  // A page of a vendor's list may be empty with more to come.
  if (!list.hasMore) return list.items.length === 0 ? <p className="quiet">{empty}</p> : null;
  return (
    <button type="button" onClick={list.loadMore} aria-disabled={list.loadingMore}>
      {list.loadingMore ? 'Loading …' : 'Show more'}
    </button>
  );
}

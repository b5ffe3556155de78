import type { Paged } from '../api/paged';
import { Problem } from './problem';

/** Stands below a list: what it waits for, that there is nothing, why it failed, or the way on. */
export function ListFoot({ list, empty }: { list: Paged<unknown>; empty: string }) {
  if (list.error) return <Problem error={list.error} onRetry={list.loadMore} />;
  if (list.loading) return <p className="quiet">Loading …</p>;
  // A page of a vendor's list may be empty with more to come.
  if (!list.hasMore) return list.items.length === 0 ? <p className="quiet">{empty}</p> : null;
  return (
    <button type="button" onClick={list.loadMore} disabled={list.loadingMore}>
      {list.loadingMore ? 'Loading …' : 'Show more'}
    </button>
  );
}

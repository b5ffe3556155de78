import type { Paged } from '../api/paged';

type Listed = Pick<Paged<unknown>, 'items' | 'loading' | 'outdated' | 'error' | 'hasMore'>;

/** The size of a list, in words. A page of a vendor's list may be empty although more items follow. */
export function amountOf({ items, loading, outdated, error, hasMore }: Listed, empty: string): string {
  if (loading || outdated) return error ? '' : 'Loading …';
  const count = items.length.toLocaleString('en');
  if (items.length === 0) return hasMore ? 'Nothing so far; there may be more.' : error ? '' : empty;
  if (items.length === 1) return hasMore ? 'The first is shown.' : '1 is shown.';
  return hasMore ? `The first ${count} are shown.` : `All ${count} are shown.`;
}

import type { Page } from '@integrations/contracts';
import type { DiscoveryQuery } from './discovery';
import { ProviderError } from './provider-error';

/** A page as the vendor returned it. */
export interface UpstreamPage<T> {
  readonly items: readonly T[];
  /** The query of the next page; null on the last. */
  readonly next: string | null;
}

/** Maximum number of the vendor's pages that are read to fill one of ours. */
const MAX_CALLS = 5;
/** Page size when searching. The most that registries return; ECR and Distribution refuse to return more. */
const SEARCHED_PAGE = 1_000;
/** A list with more pages is taken to be endless. */
const MAX_PAGES = 10_000;
const CURSOR = /^(\d{1,5})\.(\d{1,7})\?(.{1,2500})$/s;

interface Position {
  /** Number of the vendor's pages before this one. */
  readonly page: number;
  /** Number of this page's items that were already returned: a vendor may send more items than we asked for. */
  readonly skip: number;
  readonly query: string;
}

/**
 * Builds one of our pages from the vendor's pages, at most one of which is in memory at a time. The cursor names a page
 * of the vendor and how many of its items were already returned. `fetch` receives `n=<count>` for the first page, and
 * then the previous page's `next`.
 */
export async function pageOf<T>(
  fetch: (query: string) => Promise<UpstreamPage<T>>,
  { limit, cursor, q }: DiscoveryQuery,
  nameOf: (item: T) => string,
): Promise<Page<T>> {
  const items: T[] = [];
  let at =
    cursor === null ? { page: 0, skip: 0, query: `n=${q === null ? limit : SEARCHED_PAGE}` } : decodeCursor(cursor);
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const upstream = await fetch(at.query);
    const next = upstream.next === null ? null : following(at, upstream.next);
    // The vendor's page is exactly the page asked for: no need to copy it.
    if (calls === 0 && at.skip === 0 && q === null && upstream.items.length === limit) {
      return { items: upstream.items, nextCursor: next && encodeCursor(next) };
    }
    for (let index = at.skip; index < upstream.items.length; index++) {
      const item = upstream.items[index]!;
      if (q !== null && !nameOf(item).toLowerCase().includes(q)) continue;
      items.push(item);
      if (items.length < limit) continue;
      const rest = index + 1 < upstream.items.length ? { ...at, skip: index + 1 } : next;
      return { items, nextCursor: rest && encodeCursor(rest) };
    }
    if (!next) return { items, nextCursor: null };
    at = next;
  }
  return { items, nextCursor: encodeCursor(at) };
}

function following({ page }: Position, query: string): Position {
  if (page < MAX_PAGES) return { page: page + 1, skip: 0, query };
  throw new ProviderError('too_large', `The list has more than ${MAX_PAGES} pages`);
}

function encodeCursor({ page, skip, query }: Position): string {
  return `${page}.${skip}?${query}`;
}

function decodeCursor(cursor: string): Position {
  const [, page, skip, query] = CURSOR.exec(cursor) ?? [];
  if (query === undefined) throw foreignCursor();
  return { page: Number(page), skip: Number(skip), query };
}

/** For a cursor that this list did not issue. */
export function foreignCursor(): ProviderError {
  return new ProviderError('invalid_request', 'The cursor is not one of this list');
}

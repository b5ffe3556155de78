import type { Page } from '@integrations/contracts';
import type { DiscoveryQuery } from './discovery';
import { ProviderError } from './provider-error';

/** A page as the vendor gave it. */
export interface UpstreamPage<T> {
  readonly items: readonly T[];
  /** The query of the next one, null on the last. */
  readonly next: string | null;
}

/** Of a list that is searched through, so many of the vendor's pages are read for one of ours. */
const MAX_CALLS = 5;
/** What is asked for then, at once. Registries list so many at most; ECR refuses more, Distribution too. */
const SEARCHED_PAGE = 1_000;
/** A list that has more never ends. */
const MAX_PAGES = 10_000;
const CURSOR = /^(\d{1,5})\.(\d{1,7})\?(.{1,2500})$/s;

interface Position {
  /** How many of the vendor's pages came before. */
  readonly page: number;
  /** How many of its items were given away: a vendor need not keep to the number that was asked for. */
  readonly skip: number;
  readonly query: string;
}

/**
 * One page of ours out of the vendor's, of which at most one is in memory at a time. The cursor is a page of the vendor and how
 * much of it was given. `fetch` is handed `n=<how many>` for the first, and then what `next` said.
 */
export async function pageOf<T>(
  fetch: (query: string) => Promise<UpstreamPage<T>>,
  { limit, cursor, q }: DiscoveryQuery,
  nameOf: (item: T) => string,
): Promise<Page<T>> {
  const items: T[] = [];
  let at = cursor === null ? { page: 0, skip: 0, query: `n=${q === null ? limit : SEARCHED_PAGE}` } : read(cursor);
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const upstream = await fetch(at.query);
    const next = upstream.next === null ? null : following(at, upstream.next);
    // As it came, where it is just what was asked for.
    if (calls === 0 && at.skip === 0 && q === null && upstream.items.length === limit) {
      return { items: upstream.items, nextCursor: next && written(next) };
    }
    for (let index = at.skip; index < upstream.items.length; index++) {
      const item = upstream.items[index]!;
      if (q !== null && !nameOf(item).toLowerCase().includes(q)) continue;
      items.push(item);
      if (items.length < limit) continue;
      const rest = index + 1 < upstream.items.length ? { ...at, skip: index + 1 } : next;
      return { items, nextCursor: rest && written(rest) };
    }
    if (!next) return { items, nextCursor: null };
    at = next;
  }
  return { items, nextCursor: written(at) };
}

function following({ page }: Position, query: string): Position {
  if (page < MAX_PAGES) return { page: page + 1, skip: 0, query };
  throw new ProviderError('too_large', `The list has more than ${MAX_PAGES} pages`);
}

function written({ page, skip, query }: Position): string {
  return `${page}.${skip}?${query}`;
}

function read(cursor: string): Position {
  const [, page, skip, query] = CURSOR.exec(cursor) ?? [];
  if (query === undefined) throw foreignCursor();
  return { page: Number(page), skip: Number(skip), query };
}

/** Whoever asks made it up, or has it of another list. */
export function foreignCursor(): ProviderError {
  return new ProviderError('invalid_request', 'The cursor is not one of this list');
}

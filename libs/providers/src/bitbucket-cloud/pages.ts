import { ProviderError } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import { MAX_PAGES, PAGELEN } from './limits';

/** Yields the items of a list and fetches further pages on demand. Throws `limit_reached` after MAX_PAGES pages. */
export async function* itemsOf<T>(client: BitbucketClient, path: string, signal: AbortSignal): AsyncGenerator<T> {
  let query: Readonly<Record<string, string>> | null = { pagelen: String(PAGELEN) };
  for (let pages = 0; query !== null; pages++) {
    if (pages === MAX_PAGES)
      throw new ProviderError('limit_reached', `Bitbucket: too many items to look through at ${path}`);
    const page = (await client.call({ method: 'GET', path, query }, signal)) as { values?: unknown; next?: unknown };
    if (!Array.isArray(page.values)) throw unreadable(`GET ${path}`);
    yield* page.values as T[];
    query = nextQuery(page.next, `GET ${path}`);
  }
}

/**
 * The query for the next page; null after the last one. Of Bitbucket's URL only the query is used, never the address.
 */
function nextQuery(next: unknown, what: string): Readonly<Record<string, string>> | null {
  if (next === undefined || next === null) return null;
  const url = typeof next === 'string' ? URL.parse(next) : null;
  if (!url) throw unreadable(what);
  return Object.fromEntries(url.searchParams);
}

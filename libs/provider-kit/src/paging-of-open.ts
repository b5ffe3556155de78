import type { Page } from '@integrations/contracts';
import type { DiscoveryQuery } from './discovery';
import { pageOf, type UpstreamPage } from './paging';
import type { ProviderError } from './provider-error';

/** Waits for a list; null if the credential may not read it. */
export type Opening = <L>(list: Promise<L>) => Promise<L | null>;

/**
 * Like `pageOf`, over several lists of which the credential may be refused some. `fetching` passes each list through
 * the `opened` that it receives. `isClosed` decides whether an error is such a refusal. If all lists are closed, throws
 * the first refusal.
 */
export async function pageOfOpen<T>(
  fetching: (opened: Opening) => (query: string) => Promise<UpstreamPage<T>>,
  query: DiscoveryQuery,
  nameOf: (item: T) => string,
  isClosed: (error: unknown) => error is ProviderError,
): Promise<Page<T>> {
  let refusal: ProviderError | undefined;
  // A caller with a cursor has already been given a page, so at least one list was open.
  let isAnyOpen = query.cursor !== null;
  const opened: Opening = async (list) => {
    try {
      const found = await list;
      isAnyOpen = true;
      return found;
    } catch (error) {
      if (!isClosed(error)) throw error;
      refusal ??= error;
      return null;
    }
  };
  const fetch = fetching(opened);
  const pageAt = (cursor: string | null) => pageOf(fetch, { ...query, cursor }, nameOf);
  let page = await pageAt(query.cursor);
  while (refusal && !isAnyOpen && page.nextCursor !== null) page = await pageAt(page.nextCursor);
  if (refusal && !isAnyOpen) throw refusal;
  return page;
}

import type { Page } from '@integrations/contracts';
import type { DiscoveryQuery } from './discovery';
import { pageOf, type UpstreamPage } from './paging';
import type { ProviderError } from './provider-error';

/** What a list has, or null where it is closed to us. */
export type Opening = <L>(list: Promise<L>) => Promise<L | null>;

/**
 * A page as of `pageOf`, of lists of which some may be closed to the credential, by what `isClosed` says of a refusal:
 * `fetching` reads each with what it is handed. Throws the first refusal where all of them are closed.
 */
export async function pageOfOpen<T>(
  fetching: (opened: Opening) => (query: string) => Promise<UpstreamPage<T>>,
  query: DiscoveryQuery,
  nameOf: (item: T) => string,
  isClosed: (error: unknown) => error is ProviderError,
): Promise<Page<T>> {
  let refusal: ProviderError | undefined;
  // Whoever asks for more has been shown what is open.
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

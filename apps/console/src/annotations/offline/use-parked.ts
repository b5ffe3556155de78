import type { ParkedPayloadView } from '@integrations/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { queryString } from '../../api/call';
import { type Lines, readLines } from '../../api/lines';
import { save } from '../../api/save';
import type { ParkedFilter } from './parked-filter';

/** There may be any number of payloads, each of up to a megabyte. */
const LIMITS = { keep: 200, keepCharacters: 50_000_000, count: 10_000 };

/** The parked operations to show. Fetched again only after changes, because they may be many megabytes. */
export function useParked(filter: ParkedFilter) {
  return useQuery({
    queryKey: ['/annotations/offline', filter],
    queryFn: ({ signal }): Promise<Lines<ParkedPayloadView>> => readLines(urlOf(filter), { signal }, LIMITS),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Saves everything as a file when `refetch` is called. A query, because a mutation would refetch everything shown. */
export function useBundle(filter: ParkedFilter) {
  return useQuery({
    queryKey: ['offline-bundle', filter],
    queryFn: async ({ signal }) => {
      await save(urlOf(filter), `parked-${new Date().toISOString().replaceAll(':', '-')}.ndjson`, { signal });
      return true;
    },
    enabled: false,
    retry: false,
  });
}

function urlOf(filter: ParkedFilter): string {
  return `/api/v1/annotations/offline${queryString({ ...filter })}`;
}

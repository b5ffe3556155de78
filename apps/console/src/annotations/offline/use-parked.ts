import type { ParkedPayloadView } from '@integrations/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { queryString } from '../../api/call';
import { type Lines, readLines } from '../../api/lines';
import { save } from '../../api/save';
import type { ParkedFilter } from './parked-filter';

/** A payload may be of a megabyte, and there may be any number of them. */
const LIMITS = { keep: 200, keepCharacters: 50_000_000, count: 10_000 };

/** What is parked, as far as it is shown. Asked for again after changes only, as it may be much. */
export function useParked(filter: ParkedFilter) {
  return useQuery({
    queryKey: ['/annotations/offline', filter],
    queryFn: ({ signal }): Promise<Lines<ParkedPayloadView>> => readLines(urlOf(filter), { signal }, LIMITS),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Saves all of it as a file once `refetch` is called. No mutation: it changes nothing, so nothing is asked anew. */
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

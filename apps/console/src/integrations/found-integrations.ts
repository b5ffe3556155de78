import type { IntegrationView, Page } from '@integrations/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call';

/** More than one reads; who types on gets to the others. */
const OFFERED = 200;
const SEARCHED = /[\p{L}\p{N}]/u;

/** The integrations that a text finds, the newest first; just the newest where it holds nothing to search for. */
export function useFoundIntegrations(text: string) {
  return useQuery({
    queryKey: ['found-integrations', text],
    queryFn: async ({ signal }) => {
      const query = { q: SEARCHED.test(text) ? text : null, limit: OFFERED };
      return (await callApi<Page<IntegrationView>>('/integrations', { query, signal })).items;
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

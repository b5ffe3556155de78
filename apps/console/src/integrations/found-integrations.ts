import type { IntegrationView, Page } from '@integrations/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call';

/** More suggestions than anyone reads. Typing more narrows them down. */
const OFFERED = 200;
const SEARCHED = /[\p{L}\p{N}]/u;

/** The integrations that match a text, newest first. If the text has nothing to search for, simply the newest. */
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

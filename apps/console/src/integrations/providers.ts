import type { ProviderDescriptor } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call';

/** The providers, one for each plugin. */
export function useProviders() {
  return useQuery({
    queryKey: ['/providers'],
    queryFn: async ({ signal }) =>
      (await callApi<{ items: readonly ProviderDescriptor[] }>('/providers', { signal })).items,
    staleTime: 60_000,
  });
}

/** The display name of a provider; its id if its plugin is no longer loaded. */
export function nameOf(provider: string, providers: readonly ProviderDescriptor[] = []): string {
  return providers.find((known) => known.provider === provider)?.displayName ?? provider;
}

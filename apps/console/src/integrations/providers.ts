import type { ProviderDescriptor } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call';

/** The kinds of vendor that there are plugins for. */
export function useProviders() {
  return useQuery({
    queryKey: ['/providers'],
    queryFn: async ({ signal }) =>
      (await callApi<{ items: readonly ProviderDescriptor[] }>('/providers', { signal })).items,
    staleTime: 60_000,
  });
}

/** As the vendor calls it; its id where no plugin is there any more. */
export function nameOf(provider: string, providers: readonly ProviderDescriptor[] = []): string {
  return providers.find((known) => known.provider === provider)?.displayName ?? provider;
}

import { useQuery } from '@tanstack/react-query';
import { send } from '../api/call';
import { SESSION } from '../api/query-client';

const PATH = '/console/session';

/** The host of the identity provider that one can sign in with; undefined where there is none, or it is not known yet. */
export function useIdentityProvider(): string | undefined {
  const { data } = useQuery({
    queryKey: [...SESSION, 'methods'],
    queryFn: async ({ signal }) =>
      (await send(`${PATH}/methods`, { signal })) as { readonly identityProvider: string | null },
    staleTime: Infinity,
  });
  return data?.identityProvider ?? undefined;
}

/** Leads to the identity provider, and from there to the page that is shown now. */
export function authorizeAddress({ pathname, search }: Location): string {
  return `${PATH}/authorize?${new URLSearchParams({ returnTo: pathname + search })}`;
}

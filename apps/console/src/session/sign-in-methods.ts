import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
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

/** Leads to the identity provider, and from there to the page that is shown then: one can go back and forth meanwhile. */
export function useAuthorizeAddress(): string {
  const returnTo = useSyncExternalStore(onMove, () => location.pathname + location.search);
  return `${PATH}/authorize?${new URLSearchParams({ returnTo })}`;
}

function onMove(moved: () => void): () => void {
  window.addEventListener('popstate', moved);
  return () => window.removeEventListener('popstate', moved);
}

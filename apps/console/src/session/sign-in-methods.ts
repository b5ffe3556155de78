import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { send } from '../api/call';
import { ApiProblem } from '../api/problem';
import { SESSION } from '../api/query-client';

const PATH = '/console/session';

interface SignInMethods {
  /** The host of the identity provider; undefined if there is none, or if it is not known yet. */
  readonly identityProvider: string | undefined;
  /** True if a proxy refuses access: the service itself answers this request for everyone. */
  readonly refusedByProxy: boolean;
}

export function useSignInMethods(): SignInMethods {
  const { data, error } = useQuery({
    queryKey: [...SESSION, 'methods'],
    queryFn: async ({ signal }) =>
      (await send(`${PATH}/methods`, { signal })) as { readonly identityProvider: string | null },
    staleTime: Infinity,
    // The proxy's own session may have ended in the meantime.
    refetchOnMount: 'always',
  });
  return {
    identityProvider: data?.identityProvider ?? undefined,
    refusedByProxy: error instanceof ApiProblem && error.status === 401,
  };
}

/** The URL that leads to the identity provider and back to the current page. Follows back and forward navigation. */
export function useAuthorizeAddress(): string {
  const returnTo = useSyncExternalStore(onMove, () => location.pathname + location.search);
  return `${PATH}/authorize?${new URLSearchParams({ returnTo })}`;
}

function onMove(moved: () => void): () => void {
  window.addEventListener('popstate', moved);
  return () => window.removeEventListener('popstate', moved);
}

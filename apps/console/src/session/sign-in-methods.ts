import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { send } from '../api/call';
import { ApiProblem } from '../api/problem';
import { SESSION } from '../api/query-client';

const PATH = '/console/session';

interface SignInMethods {
  /** The host of the identity provider that one can sign in with; undefined where there is none, or it is not known yet. */
  readonly identityProvider: string | undefined;
  /** The service tells everybody how to sign in: it is not the one that refuses to. */
  readonly refusedByProxy: boolean;
}

export function useSignInMethods(): SignInMethods {
  const { data, error } = useQuery({
    queryKey: [...SESSION, 'methods'],
    queryFn: async ({ signal }) =>
      (await send(`${PATH}/methods`, { signal })) as { readonly identityProvider: string | null },
    staleTime: Infinity,
    // The proxy's own session may have ended since.
    refetchOnMount: 'always',
  });
  return {
    identityProvider: data?.identityProvider ?? undefined,
    refusedByProxy: error instanceof ApiProblem && error.status === 401,
  };
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

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { send } from '../api/call';
import { ApiProblem } from '../api/problem';
import { forgetAll, queryClient, SESSION, SESSION_END, announceEnd } from '../api/query-client';
import { listenToOtherWindows, notifyOtherWindows } from './other-windows';

/** The signed-in user, according to the token. */
export interface Session {
  readonly tenantId: string;
  /** The token's name: the actor in the audit trail. */
  readonly name: string;
  readonly scopes: readonly string[];
}

export type ApiScope =
  `integrations:${'read' | 'write' | 'test'}` | `annotations:${'read' | 'write'}` | 'audit:read' | 'secrets:write';

const PATH = '/console/session';

/** Null when nobody is signed in. */
export function useSessionQuery() {
  useEffect(() => listenToOtherWindows(follow), []);
  return useQuery({
    queryKey: SESSION,
    queryFn: async ({ signal }) => {
      const session = (await send(PATH, { signal }).catch(nobody)) as Session | null;
      const before = queryClient.getQueryData<Session>(SESSION);
      // Another user may have signed in meanwhile, in another tab.
      if (!isSame(session, before)) {
        if (before) announceEnd('looking');
        forgetAll();
        if (session) notifyOtherWindows(session);
      }
      return session;
    },
    staleTime: Infinity,
    refetchOnWindowFocus: 'always',
  });
}

/** Throws ApiProblem: 401 for an invalid token. The token is kept in a cookie that scripts cannot read. */
export async function signIn(token: string): Promise<void> {
  const session = (await send(PATH, { method: 'POST', body: { token } })) as Session;
  await begin(session);
  notifyOtherWindows(session);
}

export async function signOut(): Promise<void> {
  await send(PATH, { method: 'DELETE' });
  await leave();
  notifyOtherWindows(null);
}

async function leave(): Promise<void> {
  sessionStorage.clear();
  await begin(null);
}

/** Forgets the previous user's data. The session query itself stays, because SessionGate uses it. */
async function begin(session: Session | null): Promise<void> {
  // A response in flight would still describe the previous session.
  await queryClient.cancelQueries({ queryKey: SESSION, exact: true });
  forgetAll();
  queryClient.setQueryData(SESSION_END, null);
  queryClient.setQueryData(SESSION, session);
}

/** Follows another window's session. A window that stays visible beside it never refetches on focus. */
function follow(session: Session | null): void {
  if (!session) return void leave();
  if (isSame(session, queryClient.getQueryData<Session>(SESSION))) return;
  void queryClient.refetchQueries({ queryKey: SESSION, exact: true });
}

function isSame(a: Session | null, b: Session | null | undefined): boolean {
  return a?.tenantId === b?.tenantId && a?.name === b?.name;
}

function nobody(error: unknown): null {
  if (error instanceof ApiProblem && error.status === 401) return null;
  throw error;
}

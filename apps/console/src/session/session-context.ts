import { createContext, use } from 'react';
import type { ApiScope, Session } from './session';

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('outside of the SessionGate');
  return session;
}

/** True if the token has the scope. Actions without their scope are not offered. */
export function useMay(scope: ApiScope): boolean {
  return useSession().scopes.includes(scope);
}

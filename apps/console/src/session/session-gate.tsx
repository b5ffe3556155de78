import type { ReactNode } from 'react';
import { Problem } from '../ui/problem';
import { useSessionQuery } from './session';
import { SessionContext } from './session-context';
import { SignIn } from './sign-in';

/** Shows its children to who is signed in, and the sign-in page to everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data: session, error, refetch } = useSessionQuery();
  if (error && !session) return <Problem error={error} onRetry={() => void refetch()} />;
  if (session === undefined) {
    return (
      <p className="quiet late" role="status">
        Loading …
      </p>
    );
  }
  if (session === null) return <SignIn />;
  // Somebody else begins anew: what was filled in before must not be sent in their name.
  return (
    <SessionContext key={`${session.tenantId} ${session.name}`} value={session}>
      {children}
    </SessionContext>
  );
}

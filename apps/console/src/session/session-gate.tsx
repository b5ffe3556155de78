import type { ReactNode } from 'react';
import { Problem } from '../ui/problem';
import { useSessionQuery } from './session';
import { SessionContext } from './session-context';
import { SignIn } from './sign-in';

/** Shows its children to signed-in users, and the sign-in page to everyone else. */
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
  // Another user starts from scratch: the input of the previous one must not be sent in their name.
  return (
    <SessionContext key={`${session.tenantId} ${session.name}`} value={session}>
      {children}
    </SessionContext>
  );
}

import { skipToken, useQuery } from '@tanstack/react-query';
import { SESSION_END, type SessionEnd } from '../api/query-client';

/** Why one is to sign in again, if one was signed in, and what is to be done again then. */
export function Ended() {
  const { data: end } = useQuery<SessionEnd | null>({ queryKey: SESSION_END, queryFn: skipToken });
  if (!end) return null;
  return (
    <div className="notice warn" role="status">
      <strong>Your session has ended</strong>
      <p>
        {end === 'acting' && 'What you asked for last was not done. '}
        Sign in again to go on where you were.
      </p>
    </div>
  );
}

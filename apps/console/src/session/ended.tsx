import { skipToken, useQuery } from '@tanstack/react-query';
import { SESSION_END, type SessionEnd } from '../api/query-client';

/** Says why the user must sign in again after a session ended, and whether the last action was lost. */
export function Ended() {
  const { data: end } = useQuery<SessionEnd | null>({ queryKey: SESSION_END, queryFn: skipToken });
  if (!end) return null;
  return (
    <div className="notice warn" role="status">
      <strong>Your session has ended</strong>
      <p>
        {end === 'acting' && 'Your last action was not carried out. '}
        Sign in again to continue where you were.
      </p>
    </div>
  );
}

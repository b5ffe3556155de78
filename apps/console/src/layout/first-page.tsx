import { Navigate } from 'react-router';
import { useSession } from '../session/session-context';
import { PLACES } from './places';

/** Redirects to the first page that the token may see. */
export function FirstPage() {
  const { scopes } = useSession();
  const { path } = PLACES.find(({ scope }) => scopes.includes(scope)) ?? { path: '/integrations' };
  return <Navigate to={path} replace />;
}

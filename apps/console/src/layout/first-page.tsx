import { Navigate } from 'react-router';
import { useSession } from '../session/session-context';
import { PLACES } from './places';

/** Leads to the first place that the token allows. */
export function FirstPage() {
  const { scopes } = useSession();
  const { path } = PLACES.find(({ scope }) => scopes.includes(scope)) ?? { path: '/integrations' };
  return <Navigate to={path} replace />;
}

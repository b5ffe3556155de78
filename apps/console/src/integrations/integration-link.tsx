import { Link } from 'react-router';
import { useMay } from '../session/session-context';
import { useIntegrationNames } from './integration-names';
import { Short } from '../ui/short';

/** An integration by its name; by its id where that is not known, as of a deleted one. */
export function IntegrationLink({ id }: { id: string }) {
  const name = useIntegrationNames().get(id);
  const shown = name ?? <Short text={id} />;
  return useMay('integrations:read') ? <Link to={`/integrations/${id}`}>{shown}</Link> : shown;
}

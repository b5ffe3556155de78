import { Link } from 'react-router';
import { useMay } from '../session/session-context';
import { useIntegrationName } from './integration-names';
import { ShortId } from '../ui/short';

/** Link to an integration by name; by id if the name is not known, for example of a purged integration. */
export function IntegrationLink({ id }: { id: string }) {
  const named = useIntegrationName(id);
  const mayRead = useMay('integrations:read');
  const shown = named?.name ?? <ShortId id={id} />;
  return (
    <>
      {mayRead ? <Link to={`/integrations/${id}`}>{shown}</Link> : shown}
      {named?.deleted && <span className="quiet"> deleted</span>}
    </>
  );
}

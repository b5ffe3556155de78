import { Link } from 'react-router';
import { PageHeading } from '../../ui/page-heading';

export function UnknownIntegration({ id }: { id: string }) {
  return (
    <>
      <PageHeading>No such integration</PageHeading>
      <p>
        There is no integration <code>{id}</code> in this tenant. It may have been purged, or it belongs to another
        tenant.
      </p>
      <p>
        <Link to="/integrations">Go to the catalog</Link> ·{' '}
        <Link to="/integrations?deleted=true">Go to deleted integrations</Link>
      </p>
    </>
  );
}

import { Link } from 'react-router';
import { PageHeading } from '../../ui/page-heading';

export function UnknownIntegration({ id }: { id: string }) {
  return (
    <>
      <PageHeading>No such integration</PageHeading>
      <p>
        There is no integration <code>{id}</code> in this tenant. It may have been deleted and removed for good, or be
        of another tenant.
      </p>
      <p>
        <Link to="/integrations">To the catalog</Link> ·{' '}
        <Link to="/integrations?deleted=true">To the deleted ones</Link>
      </p>
    </>
  );
}

import { Link } from 'react-router';
import { PageHeading } from '../ui/page-heading';

export function UnknownOperation({ id }: { id: string }) {
  return (
    <>
      <PageHeading>No such operation</PageHeading>
      <p>
        There is no operation <code>{id}</code> in this tenant. It may have been removed some time after it ended, or it
        belongs to another tenant.
      </p>
      <p>
        <Link to="/annotations">Go to the ledger</Link>
      </p>
    </>
  );
}

import { Link } from 'react-router';
import { PageHeading } from '../ui/page-heading';

export function UnknownOperation({ id }: { id: string }) {
  return (
    <>
      <PageHeading>No such operation</PageHeading>
      <p>
        There is no operation <code>{id}</code> in this tenant. It may have ended so long ago that it is kept no more,
        or be of another tenant.
      </p>
      <p>
        <Link to="/annotations">To the ledger</Link>
      </p>
    </>
  );
}

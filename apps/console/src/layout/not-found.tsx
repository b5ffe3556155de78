import { Link } from 'react-router';
import { PageHeading } from '../ui/page-heading';

export function NotFound() {
  return (
    <>
      <PageHeading>Nothing here</PageHeading>
      <p>
        This page does not exist. <Link to="/integrations">To the catalog</Link>
      </p>
    </>
  );
}

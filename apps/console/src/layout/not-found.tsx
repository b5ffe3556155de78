import { Link } from 'react-router';
import { PageHeading } from '../ui/page-heading';

export function NotFound() {
  return (
    <>
      <PageHeading>Page not found</PageHeading>
      <p>
        This page does not exist. <Link to="/integrations">Go to the catalog</Link>
      </p>
    </>
  );
}

import { useRouteError } from 'react-router';
import { PageHeading } from '../ui/page-heading';
import { Problem } from '../ui/problem';

/** In place of a page that cannot be shown: an error of ours, or an answer that it cannot read. */
export function FailedPage() {
  const error = useRouteError();
  return (
    <>
      <PageHeading>This page cannot be shown</PageHeading>
      <Problem
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={() => window.location.reload()}
      />
    </>
  );
}

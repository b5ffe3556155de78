import { useRouteError } from 'react-router';
import { PageHeading } from '../ui/page-heading';
import { Problem } from '../ui/problem';

/** Shown instead of a page that failed to render, because of a bug or an unreadable response. */
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

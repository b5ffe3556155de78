import { Outlet } from 'react-router';
import { PageHeading } from '../ui/page-heading';
import type { ApiScope } from './session';
import { useMay } from './session-context';

/** Shows the nested pages if the token has the scope; otherwise says which scope is missing. */
export function NeedsScope({ scope }: { scope: ApiScope }) {
  if (useMay(scope)) return <Outlet />;
  return (
    <>
      <PageHeading>Scope missing</PageHeading>
      <p>
        This page requires the scope <code>{scope}</code>, which your token does not have. Ask your administrator for a
        token with this scope.
      </p>
    </>
  );
}

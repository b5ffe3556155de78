import { Outlet } from 'react-router';
import { PageHeading } from '../ui/page-heading';
import type { ApiScope } from './session';
import { useMay } from './session-context';

/** Shows the pages below it to whose token has the scope, and says to the others what is missing. */
export function NeedsScope({ scope }: { scope: ApiScope }) {
  if (useMay(scope)) return <Outlet />;
  return (
    <>
      <PageHeading>Scope missing</PageHeading>
      <p>
        This page takes the scope <code>{scope}</code>, which your token does not have. Ask whoever hands out tokens for
        one that has it.
      </p>
    </>
  );
}

import type { ReactNode } from 'react';
import type { ApiScope } from './session';
import { useMay } from './session-context';

/** Shows its children to whose token has the scope, and says to the others what is missing. */
export function NeedsScope({ scope, children }: { scope: ApiScope; children: ReactNode }) {
  return useMay(scope) ? children : <MissingScope scope={scope} />;
}

export function MissingScope({ scope }: { scope: ApiScope }) {
  return (
    <div className="notice warn">
      <strong>Scope missing</strong>
      <p>
        This takes the scope <code>{scope}</code>, which your token does not have.
      </p>
    </div>
  );
}

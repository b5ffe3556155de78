import type { ReactNode } from 'react';
import { useMay } from '../../session/session-context';

/** A form that nobody can send is not shown. */
export function NeedsWrite({ children }: { children: ReactNode }) {
  if (useMay('integrations:write')) return children;
  return (
    <p className="notice warn">
      This token may not register or change integrations: it lacks the scope <code>integrations:write</code>.
    </p>
  );
}

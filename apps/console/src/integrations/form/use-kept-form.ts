import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { SESSION_ENDED } from '../../api/query-client';
import { useSession } from '../../session/session-context';
import { dropKept, keepFor, keptFor } from './kept-form';
import type { Values } from './values';

/**
 * What was filled in at this place when the session ended, for whoever signs in again in this tab by the same name; empty
 * otherwise.
 */
export function useKeptForm(): Values {
  const owner = useOwner();
  const [kept] = useState(() => keptFor(owner));
  useEffect(() => dropKept(), []);
  return kept;
}

/** Keeps the changes, should the session end while they are shown. */
export function useKeeping(changes: () => Values): void {
  const owner = useOwner();
  useEffect(() => {
    const keep = () => keepFor(owner, changes());
    window.addEventListener(SESSION_ENDED, keep);
    return () => window.removeEventListener(SESSION_ENDED, keep);
  });
}

function useOwner(): string {
  const { tenantId, name } = useSession();
  const { pathname, search } = useLocation();
  return [tenantId, name, pathname, search].join('\n');
}

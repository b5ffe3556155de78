import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { SESSION_ENDED } from '../api/query-client';
import { dropKept, keepFor, keptFor, type FilledIn } from './kept-form';
import type { Session } from './session';
import { useSession } from './session-context';

/**
 * What was filled into that form at this place when the session ended, for whoever signs in again in this tab by the same
 * name, or what was kept for this place elsewhere; empty otherwise.
 */
export function useKeptForm(form: string): FilledIn {
  const owner = useOwner();
  const [kept] = useState(() => keptFor(owner, form));
  useEffect(() => dropKept(form), [form]);
  return kept;
}

/** Keeps what is filled in, should the session end while it is shown; nothing if that is empty. */
export function useKeeping(form: string, filledIn: () => FilledIn): void {
  const owner = useOwner();
  useEffect(() => {
    const keep = () => keepFor(owner, form, filledIn());
    window.addEventListener(SESSION_ENDED, keep);
    return () => window.removeEventListener(SESSION_ENDED, keep);
  });
}

/** Keeps what is filled in for that form at another place, to which it is taken along. */
export function useKeepAt(form: string): (pathname: string, filledIn: FilledIn) => void {
  const session = useSession();
  return (pathname, filledIn) => keepFor(ownerAt(session, pathname), form, filledIn);
}

function useOwner(): string {
  const { pathname, search } = useLocation();
  return ownerAt(useSession(), pathname, search);
}

function ownerAt({ tenantId, name }: Session, pathname: string, search = ''): string {
  return [tenantId, name, pathname, search].join('\n');
}

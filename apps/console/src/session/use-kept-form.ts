import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { SESSION_ENDED } from '../api/query-client';
import { dropKept, keepFor, keptFor, type FilledIn } from './kept-form';
import type { Session } from './session';
import { useSession } from './session-context';

/**
 * The input of a form on this page when the session ended, if the same user has signed in again in this tab; or the
 * input that `useKeepAt` kept for this page. Otherwise empty.
 */
export function useKeptForm(form: string): FilledIn {
  const owner = useOwner();
  const [kept] = useState(() => keptFor(owner, form));
  useEffect(() => dropKept(form), [form]);
  return kept;
}

/** Keeps the form's input, unless it is empty, if the session ends while the form is shown. */
export function useKeeping(form: string, filledIn: () => FilledIn): void {
  const owner = useOwner();
  useEffect(() => {
    const keep = () => keepFor(owner, form, filledIn());
    window.addEventListener(SESSION_ENDED, keep);
    return () => window.removeEventListener(SESSION_ENDED, keep);
  });
}

/** Keeps the input for the same form on another page, to take it along. */
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

import { useState } from 'react';
import type { FilledIn } from './kept-form';
import { useKeeping, useKeptForm } from './use-kept-form';

/**
 * What a window asks about, null while none is open. Should the session end while it is, it is asked again of whoever
 * signs in again in this tab by the same name: a refused act was not done. `whenKept` adds what it is about by then.
 */
export function useAsked<T>(form: string, whenKept = (asked: T): T => asked): [T | null, (asked: T | null) => void] {
  const kept = useKeptForm(form)['asked'];
  const [asked, setAsked] = useState(() => (kept === undefined ? null : (JSON.parse(kept) as T)));
  useKeeping(form, (): FilledIn => (asked === null ? {} : { asked: JSON.stringify(whenKept(asked)) }));
  return [asked, setAsked];
}

import { useState } from 'react';
import type { FilledIn } from './kept-form';
import { useKeeping, useKeptForm } from './use-kept-form';

/**
 * The subject of an open dialog; null while none is open. If the session ends, the dialog opens again after the same
 * user signs in again in this tab, because the refused action was not carried out. `whenKept` amends what is kept.
 */
export function useAsked<T>(form: string, whenKept = (asked: T): T => asked): [T | null, (asked: T | null) => void] {
  const kept = useKeptForm(form)['asked'];
  const [asked, setAsked] = useState(() => (kept === undefined ? null : (JSON.parse(kept) as T)));
  useKeeping(form, (): FilledIn => (asked === null ? {} : { asked: JSON.stringify(whenKept(asked)) }));
  return [asked, setAsked];
}

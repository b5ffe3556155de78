import { type RefObject, useEffect } from 'react';

/** Focuses the first invalid control after a failed attempt, and unfolds the group that hides it. */
export function useFocusFirstWrong(form: RefObject<HTMLFormElement | null>, error: Error | null): void {
  useEffect(() => {
    if (!error) return;
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    const folded = wrong?.closest('details');
    if (folded) folded.open = true;
    wrong?.focus({ preventScroll: true });
    // Centre it, so that it does not end up below the fixed bar at the top.
    wrong?.scrollIntoView({ block: 'center' });
  }, [form, error]);
}

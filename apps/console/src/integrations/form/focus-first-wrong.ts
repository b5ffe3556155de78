import { type RefObject, useEffect } from 'react';

/** Once an attempt failed, the first control that is said to be wrong has the focus, wherever it is folded away. */
export function useFocusFirstWrong(form: RefObject<HTMLFormElement | null>, error: Error | null): void {
  useEffect(() => {
    if (!error) return;
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    const folded = wrong?.closest('details');
    if (folded) folded.open = true;
    wrong?.focus({ preventScroll: true });
    // Not below the bar at the top, which stays there.
    wrong?.scrollIntoView({ block: 'center' });
  }, [form, error]);
}

import { useEffect } from 'react';

/** Sets the page title in the browser. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Integrations`;
  }, [title]);
}

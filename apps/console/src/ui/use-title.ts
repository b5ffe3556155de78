import { useEffect } from 'react';

/** What tabs and the history of the browser call the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Integrations`;
  }, [title]);
}

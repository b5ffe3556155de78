import { useSyncExternalStore } from 'react';

/** The title of the page, said aloud as it changes: browsers do so only of a page that they load themselves. */
export function SaidTitle() {
  const title = useSyncExternalStore(onChange, () => document.title);
  return (
    <p role="status" className="visually-hidden">
      {title}
    </p>
  );
}

function onChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.head, { childList: true, subtree: true, characterData: true });
  return () => observer.disconnect();
}

import { useSyncExternalStore } from 'react';

/** Announces changes of the page title to screen readers. Browsers do so only when they load a page themselves. */
export function TitleAnnouncement() {
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

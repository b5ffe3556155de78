// Reloads the page once if one of its files is missing. While replicas run different builds, one replica may serve the
// page and another be asked for its files. This script is not part of the build, because the build's files may be the
// missing ones.
(() => {
  const ITEM = 'reloaded-at';
  const PAUSE_MS = 60_000;

  const say = () => {
    const text = document.createElement('p');
    text.textContent = 'Part of the console could not be loaded. A new version may be rolling out.';
    const again = document.createElement('button');
    again.textContent = 'Reload';
    again.onclick = () => location.reload();
    document.body.replaceChildren(text, again);
  };

  const recover = ({ target }) => {
    const isOurs =
      target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === 'stylesheet');
    if (!isOurs) return;
    if (Date.now() - Number(sessionStorage.getItem(ITEM)) < PAUSE_MS) {
      // Without its styles the page is still usable.
      if (target instanceof HTMLScriptElement) say();
      return;
    }
    sessionStorage.setItem(ITEM, String(Date.now()));
    location.reload();
  };

  // Error events of elements do not bubble, so listen in the capture phase.
  addEventListener('error', recover, { capture: true });
})();

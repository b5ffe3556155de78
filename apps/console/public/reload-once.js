// Where a file of the page is not there, the page is loaded anew, once: while replicas run different builds, one may have
// answered with its page and another be asked for the files of it. No part of the build, whose files these are.
(() => {
  const ITEM = 'reloaded-at';
  const PAUSE_MS = 60_000;

  const say = () => {
    const text = document.createElement('p');
    text.textContent = 'A part of the console is missing, as while another version of it is rolled out.';
    const again = document.createElement('button');
    again.textContent = 'Load again';
    again.onclick = () => location.reload();
    document.body.replaceChildren(text, again);
  };

  const recover = ({ target }) => {
    const isOurs =
      target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === 'stylesheet');
    if (!isOurs) return;
    if (Date.now() - Number(sessionStorage.getItem(ITEM)) < PAUSE_MS) {
      // Without its styles the page can still be used.
      if (target instanceof HTMLScriptElement) say();
      return;
    }
    sessionStorage.setItem(ITEM, String(Date.now()));
    location.reload();
  };

  // What fails to load tells nobody but itself: no bubbling.
  addEventListener('error', recover, { capture: true });
})();

/**
 * Keeps the keyboard focus when the focused element is removed, for example a deleted row. The focus moves to the
 * nearest remaining ancestor with `tabindex="-1"`, or else to the page's content. Otherwise keyboard users would start
 * again at the top of the page.
 */
export function keepFocusIn(root: HTMLElement): void {
  let last: readonly HTMLElement[] = [];
  const remember = ({ target }: FocusEvent) => (last = withAncestors(target as HTMLElement));
  const restore = () => {
    if (document.activeElement !== document.body || last[0]?.isConnected !== false) return;
    const around = last.find((element) => element.isConnected && element.matches('[tabindex="-1"]'));
    (around ?? document.getElementById('content'))?.focus({ preventScroll: true });
  };
  root.addEventListener('focusin', remember);
  new MutationObserver(restore).observe(root, { childList: true, subtree: true });
}

/** The element and its ancestors, nearest first. */
function withAncestors(element: HTMLElement): HTMLElement[] {
  const { parentElement } = element;
  return parentElement ? [element, ...withAncestors(parentElement)] : [element];
}

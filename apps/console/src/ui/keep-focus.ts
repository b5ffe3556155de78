/**
 * What has the focus may leave the page, as a row does that was removed, or a button whose act is done. Then the nearest
 * place around it that is still there and has a `tabindex` of -1 has it, or else the page's content; with none the
 * keyboard would begin at the top of the page again.
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

/** The nearest first. */
function withAncestors(element: HTMLElement): HTMLElement[] {
  const { parentElement } = element;
  return parentElement ? [element, ...withAncestors(parentElement)] : [element];
}

/** Who waits for the end of which signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `told` when a signal aborts that many may share and that has not aborted yet. A listener for each of them would
 * stand in a list that is walked whenever one comes or goes, and whose links outlive them.
 */
export function onAbort(signal: AbortSignal, told: () => void): void {
  const others = waiting.get(signal);
  if (others) return void others.add(told);
  waiting.set(signal, new Set([told]));
  signal.addEventListener('abort', tell);
}

/** Takes it back. */
export function offAbort(signal: AbortSignal, told: () => void): void {
  const all = waiting.get(signal);
  if (!all?.delete(told) || all.size > 0) return;
  waiting.delete(signal);
  signal.removeEventListener('abort', tell);
}

function tell({ target }: Event): void {
  for (const told of waiting.get(target as AbortSignal) ?? []) told();
}

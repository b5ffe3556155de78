/** The listeners of each signal. */
const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when `signal` aborts; `signal` must not have aborted yet. Made for signals that many callers share:
 * Node keeps event listeners in a linked list, which it walks whenever one is added or removed and whose nodes outlive
 * them.
 */
export function onAbort(signal: AbortSignal, listener: () => void): void {
  const others = listeners.get(signal);
  if (others) return void others.add(listener);
  listeners.set(signal, new Set([listener]));
  signal.addEventListener('abort', notify);
}

/** Removes a listener that `onAbort` added. */
export function offAbort(signal: AbortSignal, listener: () => void): void {
  const all = listeners.get(signal);
  if (!all?.delete(listener) || all.size > 0) return;
  listeners.delete(signal);
  signal.removeEventListener('abort', notify);
}

function notify({ target }: Event): void {
  for (const listener of listeners.get(target as AbortSignal) ?? []) listener();
}

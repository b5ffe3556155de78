import type { OnTick } from './clock-context';

/** A timer for all who listen, while there are any: with one for each, React goes through a long list anew for each row. */
export function onTickEvery(ms: number): OnTick {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  return (ticked) => {
    listeners.add(ticked);
    timer ??= setInterval(() => listeners.forEach((tell) => tell()), ms);
    return () => {
      listeners.delete(ticked);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

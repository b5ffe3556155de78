import type { OnTick } from './clock-context';

/** One timer shared by all listeners. With a timer each, React would process a long list once per row. */
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

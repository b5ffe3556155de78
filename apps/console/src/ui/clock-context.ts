import { createContext, use } from 'react';

/** Calls `ticked` on each tick, until the returned function is called. */
export type OnTick = (ticked: () => void) => () => void;

export const ClockContext = createContext<OnTick | null>(null);

export function useClock(): OnTick {
  const onTick = use(ClockContext);
  if (!onTick) throw new Error('outside of the Clock');
  return onTick;
}

import { createContext, use } from 'react';

/** Tells of each tick until what it answers is called. */
export type OnTick = (ticked: () => void) => () => void;

export const ClockContext = createContext<OnTick | null>(null);

export function useClock(): OnTick {
  const onTick = use(ClockContext);
  if (!onTick) throw new Error('outside of the Clock');
  return onTick;
}

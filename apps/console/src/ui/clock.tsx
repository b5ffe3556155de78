import { type ReactNode, useState } from 'react';
import { ClockContext, type OnTick } from './clock-context';
import { onTickEvery } from './on-tick-every';
import { TICK_MS } from './time';

/** Provides the tick for all components that show relative times. */
export function Clock({ children }: { children: ReactNode }) {
  const [onTick] = useState<OnTick>(() => onTickEvery(TICK_MS));
  return <ClockContext value={onTick}>{children}</ClockContext>;
}

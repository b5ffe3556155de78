import type { HealthStatus } from '@integrations/contracts';

/** This many changes of status within half an hour are flapping; half an hour without one ends it. */
const TURNS = 5;
const WINDOW_MS = 30 * 60_000;

/** Whether the status changes too often. */
export interface Damped {
  readonly flapping: boolean;
  /** When the settled status changed lately, oldest first. */
  readonly turns: readonly Date[];
}

/** Whether the status is flapping, given the newly settled one. The first result is not a change. */
export function damp(
  before: (Damped & { readonly settled: HealthStatus }) | null,
  settled: HealthStatus,
  now: Date,
): Damped {
  if (!before) return { flapping: false, turns: [] };
  const recent = before.turns.filter((turn) => now.getTime() - turn.getTime() < WINDOW_MS);
  const turned = before.settled !== settled && before.settled !== 'unknown';
  const turns = (turned ? [...recent, now] : recent).slice(-TURNS);
  return { flapping: before.flapping ? turns.length > 0 : turns.length === TURNS, turns };
}

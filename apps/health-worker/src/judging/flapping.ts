import type { HealthStatus } from '@integrations/contracts';

/** So many turns within half an hour are flapping; half an hour without a turn ends it. */
const TURNS = 5;
const WINDOW_MS = 30 * 60_000;

/** Whether the status turns too often. */
export interface Damped {
  readonly flapping: boolean;
  /** When the status that the thresholds give turned lately, oldest first. */
  readonly turns: readonly Date[];
}

/** Whether the status flaps now that it has settled so. The first result is no turn. */
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

import { type HealthReport, type HealthTurn, PROBE_CODES, staleFrom } from '@integrations/contracts';
import type {
  HealthGap,
  HealthRow,
  IntegrationRow,
  LatencyStatistics,
  RecordedTransition,
} from '@integrations/database';
import { toHealth } from '../integrations/integration.view';
import { maintenanceOf } from '../integrations/maintenance';
import { type TimedState, timeInState, type TimeInState, uptimeRatio } from './time-in-state';

/** What is recorded of an integration. */
export interface Recorded {
  readonly integration: IntegrationRow;
  /** Undefined before the first check. */
  readonly health: HealthRow | undefined;
  readonly nextDueAt: Date | null;
  /** Since `from`, or the newest of them, newest first. */
  readonly transitions: readonly RecordedTransition[];
  /** Likewise, the last to end first. */
  readonly gaps: readonly HealthGap[];
  readonly latency: LatencyStatistics | null;
}

/** How many transitions and gaps are read: a window that holds more begins where the oldest of them was. */
export const MAX_READ = 10_000;
const MAX_SHOWN = 200;

/** Puts together what is told of an integration between `from` and `now`. */
export function toReport(record: Recorded, asked: Date, now: Date): HealthReport {
  const { integration, health, nextDueAt, transitions, gaps, latency } = record;
  const shown = toHealth(health, now);
  const { code } = shown;
  const from = beginOf(record, asked, now);
  const current = health ? { status: health.status, since: health.since } : null;
  const known = { from, to: now, transitions, current, gaps: [...gaps, ...staleNow(health, now)] };
  const time = timeInState(known);
  return {
    integrationId: integration.id,
    ...shown,
    remediation: code && PROBE_CODES[code],
    ageSeconds: health ? Math.max(0, Math.floor((now.getTime() - health.checkedAt.getTime()) / 1_000)) : null,
    enabled: integration.enabled,
    maintenance: maintenanceOf(integration, now),
    nextCheckAt: nextDueAt && nextDueAt.toISOString(),
    verdict: health?.verdict ?? null,
    window: { from: from.toISOString(), to: now.toISOString() },
    uptime: { ratio: uptimeRatio(time), seconds: inSeconds(time) },
    latency: latency && { ...latency, from: latency.from.toISOString() },
    transitions: transitions.slice(0, MAX_SHOWN).map(toTurn),
    truncated: transitions.length > MAX_SHOWN,
  };
}

/** Not before the registration, nor before what could be read. */
function beginOf({ integration, transitions, gaps }: Recorded, asked: Date, now: Date): Date {
  const read = [
    ...(transitions.length === MAX_READ ? [transitions.at(-1)!.at] : []),
    ...(gaps.length === MAX_READ ? [gaps.at(-1)!.ended] : []),
  ];
  const begin = Math.max(...[asked, integration.createdAt, ...read].map((moment) => moment.getTime()));
  return new Date(Math.min(begin, now.getTime()));
}

/** The gap that is known only once the next check is made. */
function staleNow(health: HealthRow | undefined, now: Date): HealthGap[] {
  if (!health) return [];
  return [{ kind: 'stale', began: staleFrom(health.checkedAt, health.intervalSeconds), ended: now }];
}

function inSeconds(time: TimeInState): TimeInState {
  const seconds = Object.entries(time).map(([state, ms]) => [state, ms / 1_000]);
  return Object.fromEntries(seconds) as { [State in TimedState]: number };
}

function toTurn({ at, from, to, reasonCode, flapping }: RecordedTransition): HealthTurn {
  return { at: at.toISOString(), from, to, reasonCode, flapping };
}

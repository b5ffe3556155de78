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

/** The recorded health of an integration. */
export interface Recorded {
  readonly integration: IntegrationRow;
  /** Undefined before the first check. */
  readonly health: HealthRow | undefined;
  readonly nextDueAt: Date | null;
  /** Newest first. If there are more than MAX_READ in the window, only the newest. */
  readonly transitions: readonly RecordedTransition[];
  /** Those that ended last come first. If there are more than MAX_READ in the window, only these. */
  readonly gaps: readonly HealthGap[];
  readonly latency: LatencyStatistics | null;
}

/** The most transitions and gaps that are read. A window with more starts at the oldest one that was read. */
export const MAX_READ = 10_000;
const MAX_SHOWN = 200;

/** The health report of an integration between `asked` and `now`. */
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

/** The start of the window: no earlier than the registration, nor than the oldest record that was read. */
function beginOf({ integration, transitions, gaps }: Recorded, asked: Date, now: Date): Date {
  const read = [
    ...(transitions.length === MAX_READ ? [transitions.at(-1)!.at] : []),
    ...(gaps.length === MAX_READ ? [gaps.at(-1)!.ended] : []),
  ];
  const begin = Math.max(...[asked, integration.createdAt, ...read].map((moment) => moment.getTime()));
  return new Date(Math.min(begin, now.getTime()));
}

/** The gap since the last check went stale. It is recorded only when the next check is made. */
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

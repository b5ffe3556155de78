import { HEALTH_STATUSES, type HealthStatus } from '@integrations/contracts';
import type { HealthGap, RecordedTransition } from '@integrations/database';

/** The health of an integration between two moments. */
export interface Timeline {
  readonly from: Date;
  readonly to: Date;
  /** All transitions of that time, in any order. */
  readonly transitions: readonly Pick<RecordedTransition, 'at' | 'position' | 'from' | 'to'>[];
  /** The current status and when it began; null before the first check. */
  readonly current: { readonly status: HealthStatus; readonly since: Date } | null;
  /** In any order. They may overlap, and may extend beyond the timeline. */
  readonly gaps: readonly HealthGap[];
}

export type TimedState = HealthStatus | HealthGap['kind'];
export type TimeInState = Readonly<Record<TimedState, number>>;

const GAPS = ['maintenance', 'stale'] as const;

interface Edge {
  readonly at: number;
  readonly turnsTo?: HealthStatus;
  readonly gap?: HealthGap['kind'];
  readonly opens?: number;
}

/**
 * Milliseconds in each state, which add up to the length of the timeline. Time in maintenance counts as maintenance,
 * whatever the status. Stale time outside maintenance counts as stale. Time without a known status counts as `unknown`.
 */
export function timeInState({ from, to, transitions, current, gaps }: Timeline): TimeInState {
  const begin = from.getTime();
  const end = Math.max(begin, to.getTime());
  const time = Object.fromEntries([...HEALTH_STATUSES, ...GAPS].map((state) => [state, 0])) as Record<
    TimedState,
    number
  >;
  const open = { maintenance: 0, stale: 0 };
  const turns = [...transitions].sort((a, b) => a.at.getTime() - b.at.getTime() || a.position - b.position);
  let status = turns[0]?.from ?? 'unknown';
  let reached = begin;
  const spend = (until: number): void => {
    time[GAPS.find((kind) => open[kind] > 0) ?? status] += until - reached;
    reached = until;
  };

  const edges = [...turns.map(toEdge), ...currentEdge(current, turns.at(-1)), ...gaps.flatMap(edgesOf)];
  for (const { at, turnsTo, gap, opens } of edges.sort((a, b) => a.at - b.at)) {
    spend(Math.min(Math.max(at, begin), end));
    if (turnsTo) status = turnsTo;
    if (gap) open[gap] += opens ?? 0;
  }
  spend(end);
  return time;
}

/**
 * Share of the counted time in which the integration was usable: healthy and degraded, of healthy, degraded and
 * unhealthy. Null when no time counts.
 */
export function uptimeRatio({ healthy, degraded, unhealthy }: TimeInState): number | null {
  const counted = healthy + degraded + unhealthy;
  return counted === 0 ? null : (healthy + degraded) / counted;
}

function toEdge({ at, to }: Timeline['transitions'][number]): Edge {
  return { at: at.getTime(), turnsTo: to };
}

/** The start of the current status, if no transition recorded it. The status before that is unknown. */
function currentEdge(current: Timeline['current'], last: Timeline['transitions'][number] | undefined): Edge[] {
  if (!current || (last && last.at >= current.since)) return [];
  return [{ at: current.since.getTime(), turnsTo: current.status }];
}

function edgesOf({ kind, began, ended }: HealthGap): Edge[] {
  if (ended <= began) return [];
  return [
    { at: began.getTime(), gap: kind, opens: 1 },
    { at: ended.getTime(), gap: kind, opens: -1 },
  ];
}

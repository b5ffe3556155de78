import type { IntegrationHealth } from './integrations';
import type { Maintenance } from './maintenance';
import type { ProbeCode, ProbeVerdict } from './probe';
import type { HealthStatus } from './vocabulary';

/** A change of the health status. */
export interface HealthTurn {
  /** When the status changed. */
  readonly at: string;
  /** The status before. */
  readonly from: HealthStatus;
  /** The status from then on. */
  readonly to: HealthStatus;
  /** The code of the verdict that caused the change. */
  readonly reasonCode: ProbeCode;
  /** True if the status was flapping from then on. */
  readonly flapping: boolean;
}

/** Seconds spent in each state. They add up to the length of the window. */
export interface SecondsInState {
  /** Seconds in which the status was `healthy`. */
  readonly healthy: number;
  /** Seconds in which the status was `degraded`. */
  readonly degraded: number;
  /** Seconds in which the status was `unhealthy`. */
  readonly unhealthy: number;
  /** Seconds before the first check. */
  readonly unknown: number;
  /** Seconds in maintenance, whatever the status was. */
  readonly maintenance: number;
  /**
   * Seconds outside maintenance without a check for more than three intervals: the integration was disabled or deleted,
   * or no worker ran.
   */
  readonly stale: number;
}

export interface Uptime {
  /**
   * Share of the counted time in which the integration was usable, from 0 to 1: (healthy + degraded) / (healthy +
   * degraded + unhealthy). Null when no time counts.
   */
  readonly ratio: number | null;
  /** Seconds in each state, which add up to the length of the window. */
  readonly seconds: SecondsInState;
}

/** Duration of checks in milliseconds. A check that timed out counts as the length of its timeout. */
export interface CheckLatency {
  /** Number of checks measured: the newest in the window, at most 20,000. */
  readonly checks: number;
  /** When the oldest of these checks was made. Individual results are kept for seven days. */
  readonly from: string;
  /** Milliseconds: half of the checks took at most this long. */
  readonly p50: number;
  /** Milliseconds: 95 % of the checks took at most this long. */
  readonly p95: number;
  /** Milliseconds: 99 % of the checks took at most this long. */
  readonly p99: number;
  /** Milliseconds that the slowest check took. */
  readonly max: number;
}

/**
 * `GET /api/v1/integrations/{id}/health`: current health, the reason for it, and the history over a window ending now.
 */
export interface HealthReport extends IntegrationHealth {
  /** Id of the integration. */
  readonly integrationId: string;
  /** What an operator can do about `code`; null before the first check. */
  readonly remediation: string | null;
  /** Seconds since `checkedAt`; null before the first check. */
  readonly ageSeconds: number | null;
  /** False: the integration is not checked. */
  readonly enabled: boolean;
  /** The current maintenance window; null outside maintenance. */
  readonly maintenance: Maintenance | null;
  /** When the next check is due; in the past while it waits for a worker, null when none is scheduled. */
  readonly nextCheckAt: string | null;
  /** The verdict of the last check, stage by stage; null before the first check. */
  readonly verdict: ProbeVerdict | null;
  /** The requested window, starting no earlier than the registration. */
  readonly window: {
    /** Start of the window. */
    readonly from: string;
    /** End of the window: the time of the request. */
    readonly to: string;
  };
  /** How much of the window the integration was usable. */
  readonly uptime: Uptime;
  /** How long the checks in the window took; null if no check was made. */
  readonly latency: CheckLatency | null;
  /** Status changes in the window, newest first, at most 200. */
  readonly transitions: readonly HealthTurn[];
  /** True if the window holds more status changes than `transitions` shows. */
  readonly truncated: boolean;
}

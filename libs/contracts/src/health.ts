import type { IntegrationHealth } from './integrations';
import type { Maintenance } from './maintenance';
import type { ProbeCode, ProbeVerdict } from './probe';
import type { HealthStatus } from './vocabulary';

/** A turn of the judged status. */
export interface HealthTurn {
  readonly at: string;
  readonly from: HealthStatus;
  readonly to: HealthStatus;
  readonly reasonCode: ProbeCode;
  /** Whether it was flapping from then on. */
  readonly flapping: boolean;
}

/** Seconds in each state; they add up to the length of the window. */
export interface SecondsInState {
  readonly healthy: number;
  readonly degraded: number;
  readonly unhealthy: number;
  /** Before the first check. */
  readonly unknown: number;
  /** In maintenance, whatever the status. */
  readonly maintenance: number;
  /** Not checked for more than three intervals, and not in maintenance: disabled or deleted, or no worker ran. */
  readonly stale: number;
}

export interface Uptime {
  /**
   * The part of the time that counts in which the integration could be used: (healthy + degraded) / (healthy + degraded +
   * unhealthy), from 0 to 1. Null when no time counts.
   */
  readonly ratio: number | null;
  readonly seconds: SecondsInState;
}

/** How long checks took, in milliseconds; a check that ended at its limit counts with the limit. */
export interface CheckLatency {
  /** Of how many checks: the newest in the window, at most 20,000. */
  readonly checks: number;
  /** When the oldest of them was made. Single results are kept for seven days. */
  readonly from: string;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** `GET /api/v1/integrations/{id}/health`: how an integration is, why, and how it was in a window that ends now. */
export interface HealthReport extends IntegrationHealth {
  readonly integrationId: string;
  /** What an operator can do about `code`. */
  readonly remediation: string | null;
  /** Seconds since the last check that told something. */
  readonly ageSeconds: number | null;
  readonly enabled: boolean;
  readonly maintenance: Maintenance | null;
  /** When the next check is due; in the past while it waits for a worker, null when none is planned. */
  readonly nextCheckAt: string | null;
  /** What the last check found out, step by step. */
  readonly verdict: ProbeVerdict | null;
  /** As asked for, but not from before the registration. */
  readonly window: { readonly from: string; readonly to: string };
  readonly uptime: Uptime;
  /** Null: no check was made in the window. */
  readonly latency: CheckLatency | null;
  /** Of the window, newest first, at most 200. */
  readonly transitions: readonly HealthTurn[];
  /** There are more in the window than are shown. */
  readonly truncated: boolean;
}

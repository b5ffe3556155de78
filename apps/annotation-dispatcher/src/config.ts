import { ConnectorConfig } from '@integrations/bootstrap';
import { AsBoolean, AsInt } from '@integrations/config';

export class DispatcherConfig extends ConnectorConfig {
  /** True: nothing is sent to any vendor; requests are parked with their payloads. */
  @AsBoolean()
  offline: boolean = false;

  /** How many lanes, that is pull requests and commits, are worked on at once. */
  @AsInt({ min: 1, max: 1_000 })
  laneConcurrency: number = 32;

  /** How long, in milliseconds, a lane stays leased if this dispatcher dies. */
  @AsInt({ min: 500, max: 600_000 })
  laneLeaseMs: number = 15_000;

  /** Milliseconds between looks for due lanes, and for operations that other dispatchers ended. */
  @AsInt({ min: 10, max: 60_000 })
  lanePollMs: number = 250;

  /** The hard limit of one attempt, in milliseconds; a check run of 10,000 annotations takes 200 requests. */
  @AsInt({ min: 100, max: 3_600_000 })
  attemptTimeoutMs: number = 120_000;

  /** How often an operation is attempted while it fails transiently; waits for rate limits and stores do not count. */
  @AsInt({ min: 1, max: 100 })
  maxAttempts: number = 12;

  /** How long in total, in milliseconds, rate limits and unavailable secret stores may delay an operation. */
  @AsInt({ min: 1_000, max: 30 * 86_400_000 })
  rateLimitMaxWaitMs: number = 86_400_000;

  /** Milliseconds of failures to reach a vendor after which posting is offline, until the vendor is reached again. */
  @AsInt({ min: 2_000, max: 86_400_000 })
  offlineAfterMs: number = 30_000;

  /** Milliseconds between two probes of a vendor that is not reached. */
  @AsInt({ min: 1_000, max: 3_600_000 })
  offlineProbeMs: number = 15_000;

  /**
   * Days for which ended operations stay in the ledger. The minimum is how long a request may lie in the stream: only
   * the ledger shows that a redelivered request was accepted before.
   */
  @AsInt({ min: 30, max: 36_500 })
  ledgerRetentionDays: number = 90;
}

import { AsInt } from '@integrations/config';
import { ConnectorConfig } from '@integrations/bootstrap';

export class HealthWorkerConfig extends ConnectorConfig {
  /** How many probes of one provider run at once. */
  @AsInt({ min: 1, max: 10_000 })
  probeConcurrency: number = 512;

  /** How many probes of one host run at once. */
  @AsInt({ min: 1, max: 10_000 })
  probeHostConcurrency: number = 128;

  /** The hard limit of one periodic probe, in milliseconds. */
  @AsInt({ min: 100, max: 60_000 })
  probeTimeoutMs: number = 5_000;

  /** The hard limit of one test on demand, in milliseconds. */
  @AsInt({ min: 100, max: 60_000 })
  testTimeoutMs: number = 10_000;

  /** How long, in milliseconds, a target stays leased if this worker dies. */
  @AsInt({ min: 1_000, max: 600_000 })
  probeLeaseMs: number = 30_000;

  /** Milliseconds between looks for due probes. */
  @AsInt({ min: 10, max: 60_000 })
  probePollMs: number = 250;

  /**
   * Hours for which a vendor must refuse a credential, without a break, until its integration is disabled; 0: never.
   */
  @AsInt({ min: 0, max: 8_760 })
  autoDisableAfterHours: number = 168;
}

import type { IntegrationRepository, ProbeLease } from '@integrations/database';
import type { OperationMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import type { Prober } from './prober';
import { type ProbeRecords, recordProbe } from './record';

export interface ProbeRunnerOptions {
  readonly prober: Prober;
  readonly integrations: IntegrationRepository;
  readonly records: ProbeRecords;
  readonly metrics: OperationMetrics;
  readonly log: PinoLogger;
  readonly timeoutMs: number;
}

/** One periodic probe from lease to record. */
export class ProbeRunner {
  constructor(private readonly options: ProbeRunnerOptions) {}

  /** False: the signal broke it off, and nothing was recorded. */
  async run(lease: ProbeLease, signal: AbortSignal): Promise<boolean> {
    const { prober, integrations, records, metrics, log } = this.options;
    const integration = await integrations.find(lease.tenantId, lease.integrationId);
    if (!integration?.enabled) {
      await records.schedule.remove(lease.integrationId);
      return true;
    }
    const verdict = await prober.probe('check', integration, this.options.timeoutMs, signal);
    // A probe that our own shutdown cut off says nothing about the vendor.
    if (signal.aborted) return false;
    metrics.healthChecked(integration.provider, verdict.status);
    const recorded = await recordProbe(records, lease, integration, verdict, new Date());
    if (recorded?.turnedFrom) {
      const { status: to, code } = recorded.row;
      const fields = { integrationId: integration.id, provider: integration.provider };
      log.info({ ...fields, from: recorded.turnedFrom, to, code }, 'health changed');
    }
    return true;
  }
}

import type { ProbeLease } from '@integrations/database';
import type { OperationMetrics } from '@integrations/telemetry';
import type { IntegrationRepository } from '@integrations/database';
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

  /** Never rejects. Trouble of our own leaves the lease to run out, so that the probe is tried again. */
  async run(lease: ProbeLease, signal: AbortSignal): Promise<void> {
    try {
      await this.#run(lease, signal);
    } catch (error) {
      this.options.log.warn({ err: error, integrationId: lease.integrationId }, 'probe could not be recorded');
    }
  }

  async #run(lease: ProbeLease, signal: AbortSignal): Promise<void> {
    const { prober, integrations, records, metrics, log } = this.options;
    const integration = await integrations.find(lease.tenantId, lease.integrationId);
    if (!integration?.enabled) return records.schedule.remove(lease.integrationId);

    const verdict = await prober.probe('check', integration, this.options.timeoutMs, signal);
    // A probe that our own shutdown cut off says nothing about the vendor.
    if (signal.aborted) return;
    metrics.healthChecked(integration.provider, verdict.status);
    const before = (await records.health.find(lease.tenantId, [lease.integrationId])).get(lease.integrationId);
    const row = await recordProbe(records, lease, integration, verdict, new Date());
    if (!row || row.status === before?.status) return;
    const fields = { integrationId: integration.id, provider: integration.provider };
    log.info({ ...fields, from: before?.status ?? 'unknown', to: row.status, code: row.code }, 'health changed');
  }
}

import type { ProbedIntegration, ProbeLease, ProbeScheduleRepository } from '@integrations/database';
import type { OperationMetrics, SchedulingMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Prober } from './prober';
import type { FinishedProbe, RecordedProbe } from './record';

export interface ProbeRunnerOptions {
  readonly prober: Prober;
  readonly schedule: Pick<ProbeScheduleRepository, 'retire'>;
  /** Writes a finished probe down, with others that finish at the same time. */
  readonly record: (finished: FinishedProbe) => Promise<RecordedProbe>;
  readonly metrics: Pick<OperationMetrics, 'healthChecked'>;
  readonly scheduling: Pick<SchedulingMetrics, 'leaseLost'>;
  readonly log: Pick<PinoLogger, 'info' | 'warn'>;
  readonly timeoutMs: number;
  readonly leaseMs: number;
}

const RETRY_MS = 1_000;

/** Periodic probes from lease to record. */
export class ProbeRunner {
  constructor(private readonly options: ProbeRunnerOptions) {}

  /** `end` breaks it off; what is answered then says nothing. */
  async probe(lease: ProbeLease, end: AbortController): Promise<FinishedProbe> {
    const { leaseMs, timeoutMs } = this.options;
    const started = performance.now();
    const { integration } = lease;
    const verdict = integration && (await this.#verdict(lease, integration, end));
    const slow = performance.now() - started > timeoutMs / 2;
    return { lease, leasedUntil: started + leaseMs, slow, verdict };
  }

  /** As long as the lease holds, a database that is away for a moment costs no result. */
  async record(finished: FinishedProbe, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#record(finished);
      } catch (error) {
        if (signal.aborted || performance.now() + RETRY_MS > finished.leasedUntil) throw error;
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #verdict({ refusedVersion }: ProbeLease, integration: ProbedIntegration, end: AbortController) {
    const { prober, timeoutMs } = this.options;
    if (refusedVersion !== null && !(await prober.hasChanged(integration, refusedVersion, timeoutMs))) return null;
    return prober.probe('check', integration, timeoutMs, end);
  }

  async #record(finished: FinishedProbe): Promise<void> {
    const { lease, verdict } = finished;
    if (!lease.integration) return this.options.schedule.retire([lease]);
    const { held, transitions } = await this.options.record(finished);
    if (verdict) this.options.metrics.healthChecked(lease.provider, verdict.status);
    if (!held) this.options.scheduling.leaseLost(lease.provider);
    for (const transition of transitions) this.#tell(lease.provider, transition);
  }

  #tell(provider: string, { integrationId, from, to, reasonCode, flapping }: RecordedProbe['transitions'][number]) {
    this.options.log.info({ integrationId, provider, from, to, code: reasonCode, flapping }, 'health changed');
  }
}

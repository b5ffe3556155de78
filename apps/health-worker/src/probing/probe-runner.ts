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

  /** Null: the signal broke it off, and there is nothing to be recorded. */
  async probe(lease: ProbeLease, signal: AbortSignal): Promise<FinishedProbe | null> {
    const { leaseMs, timeoutMs } = this.options;
    const started = performance.now();
    const { integration } = lease;
    const verdict = integration && (await this.#verdict(lease, integration, signal));
    // A probe that our own shutdown cut off says nothing about the vendor.
    if (signal.aborted) return null;
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

  async #verdict({ refusedVersion, provider }: ProbeLease, integration: ProbedIntegration, signal: AbortSignal) {
    const { prober, metrics, timeoutMs } = this.options;
    if (refusedVersion !== null && !(await prober.hasChanged(integration, refusedVersion, timeoutMs))) return null;
    const verdict = await prober.probe('check', integration, timeoutMs, signal);
    if (!signal.aborted) metrics.healthChecked(provider, verdict.status);
    return verdict;
  }

  async #record(finished: FinishedProbe): Promise<void> {
    const { lease } = finished;
    if (!lease.integration) return this.options.schedule.retire([lease]);
    const { held, transitions } = await this.options.record(finished);
    if (!held) this.options.scheduling.leaseLost(lease.provider);
    for (const transition of transitions) this.#tell(lease.provider, transition);
  }

  #tell(provider: string, { integrationId, from, to, reasonCode, flapping }: RecordedProbe['transitions'][number]) {
    this.options.log.info({ integrationId, provider, from, to, code: reasonCode, flapping }, 'health changed');
  }
}

import type { ProbeVerdict } from '@integrations/contracts';
import { DatabaseError, isItemError, type ProbeScheduleRepository } from '@integrations/database';
import { type OperationMetrics, Recurrences, type SchedulingMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { AWAY } from '../judging/step';
import type { Bulkheads } from '../scheduling/bulkheads';
import type { FinishedProbe, ProbeRecorder, Recorded } from './record';

export interface ProbeWriterOptions {
  readonly recorder: Pick<ProbeRecorder, 'record'>;
  readonly schedule: Pick<ProbeScheduleRepository, 'retire' | 'moveUp'>;
  /** Counts the results that wait to be written. */
  readonly bulkheads: Pick<Bulkheads, 'found' | 'settled'>;
  readonly metrics: Pick<OperationMetrics, 'healthChecked'>;
  readonly scheduling: Pick<SchedulingMetrics, 'leaseLost'>;
  readonly log: Pick<PinoLogger, 'info' | 'warn'>;
  /** Called when results of a batch are given up: their leases expire, and then the probes are made again. */
  readonly onError: (error: unknown) => void;
}

/** Most results in one write. With more, waiting results would outlive collections of the young generation. */
export const MAX_BATCH = 250;
const LINGER_MS = 50;
const RETRY_MS = 1_000;

/**
 * Writes the results of probes in batches, because a transaction costs more than a result. It writes one batch at a
 * time, for the mass-failure guard. As long as the leases hold, a short outage of the database loses no result.
 */
export class ProbeWriter {
  readonly #pauses = new Set<() => void>();
  readonly #retries = new Set<Promise<void>>();
  readonly #waiting: FinishedProbe[] = [];
  readonly #proberErrors = new Recurrences();
  readonly #recovered = new Recurrences();
  #writing: Promise<void> | null = null;
  /** Ends the wait for a full batch. */
  #enough: () => void = () => undefined;
  #isClosing = false;

  constructor(private readonly options: ProbeWriterOptions) {}

  add(finished: FinishedProbe): void {
    this.options.bulkheads.found();
    this.#enqueue(finished);
  }

  /** Resolves when all results are written, or given up after one more attempt. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const end of this.#pauses) end();
    await Promise.all(this.#retries);
    await this.#writing;
  }

  #enqueue(finished: FinishedProbe): void {
    this.#waiting.push(finished);
    this.#writing ??= this.#writeAll();
    if (this.#waiting.length >= MAX_BATCH) this.#enough();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < MAX_BATCH) await this.#linger();
      await this.#write(this.#waiting.splice(0, MAX_BATCH));
    }
    this.#writing = null;
  }

  async #write(batch: readonly FinishedProbe[]): Promise<void> {
    try {
      const recorded = await this.#record(batch);
      this.#report(batch, recorded);
      this.options.bulkheads.settled(batch.length);
      await this.#moveUp(recorded.recovered);
    } catch (error) {
      // One bad result must not lose the others. An error from elsewhere than PostgreSQL is no outage: a result could
      // not be judged or packed.
      const isOneResult = isItemError(error) || !(error instanceof DatabaseError);
      if (batch.length > 1 && isOneResult) for (const one of batch) await this.#write([one]);
      else this.#failed(batch, error);
    }
  }

  async #record(batch: readonly FinishedProbe[]): Promise<Recorded> {
    const { recorder, schedule } = this.options;
    const abandoned = batch.filter(({ lease }) => !lease.integration);
    if (abandoned.length === 0) return recorder.record(batch);
    await schedule.retire(abandoned.map(({ lease }) => lease));
    return recorder.record(batch.filter(({ lease }) => lease.integration));
  }

  /**
   * Has the failing integrations of recovered hosts probed soon, once a minute per host at most. If that fails, their
   * own next probes find the recovery.
   */
  async #moveUp(recovered: ReadonlySet<string>): Promise<void> {
    const hosts = [...recovered].filter((host) => this.#recovered.count(host) > 0);
    if (hosts.length === 0) return;
    await this.options.schedule.moveUp(hosts, [...AWAY]).catch(this.options.onError);
  }

  #failed(batch: readonly FinishedProbe[], error: unknown): void {
    const later = performance.now() + RETRY_MS;
    const again = this.#isClosing ? [] : batch.filter(({ leasedUntil }) => later < leasedUntil);
    if (again.length < batch.length) {
      this.options.bulkheads.settled(batch.length - again.length);
      this.options.onError(error);
    }
    if (again.length > 0) this.#retry(again);
  }

  #retry(batch: readonly FinishedProbe[]): void {
    const retry = this.#pause(RETRY_MS).then(() => {
      this.#retries.delete(retry);
      for (const finished of batch) this.#enqueue(finished);
    });
    this.#retries.add(retry);
  }

  /** Waits for more results, until a batch is full or LINGER_MS have passed. */
  async #linger(): Promise<void> {
    const enough = Promise.withResolvers<void>();
    this.#enough = enough.resolve;
    await this.#pause(LINGER_MS, enough);
  }

  /** Waits `ms` milliseconds, until the writer closes, or until `resolve` is called. */
  async #pause(ms: number, { promise, resolve } = Promise.withResolvers<void>()): Promise<void> {
    if (this.#isClosing) return;
    const timer = setTimeout(resolve, ms);
    this.#pauses.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#pauses.delete(resolve);
  }

  #report(batch: readonly FinishedProbe[], { held, turned }: Recorded): void {
    const { metrics, scheduling, log } = this.options;
    for (const { lease, verdict } of batch) {
      if (verdict) metrics.healthChecked(lease.provider, verdict.status);
      if (verdict?.code === 'prober_error') this.#logProberError(lease.provider, verdict);
      if (lease.integration && !held.has(lease.target)) scheduling.leaseLost(lease.provider);
    }
    for (const { integrationId, provider, from, to, reasonCode: code, flapping } of turned) {
      log.info({ integrationId, provider, from, to, code, flapping }, 'health changed');
    }
  }

  /** Only this line tells an operator: an integration that is not checked keeps its last status and goes stale. */
  #logProberError(provider: string, { message: reason }: ProbeVerdict): void {
    const failures = this.#proberErrors.count(provider);
    if (failures > 0) this.options.log.warn({ provider, reason, failures }, 'checks could not be made');
  }
}

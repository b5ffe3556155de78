import type { ProbeVerdict } from '@integrations/contracts';
import { DatabaseError, isFaultOfOne, type ProbeScheduleRepository } from '@integrations/database';
import { type OperationMetrics, Recurrences, type SchedulingMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { AWAY } from '../judging/step';
import type { Bulkheads } from '../scheduling/bulkheads';
import type { FinishedProbe, ProbeRecorder, Recorded } from './record';

export interface ProbeWriterOptions {
  readonly recorder: Pick<ProbeRecorder, 'record'>;
  readonly schedule: Pick<ProbeScheduleRepository, 'retire' | 'hasten'>;
  /** Where results wait. */
  readonly bulkheads: Pick<Bulkheads, 'found' | 'settled'>;
  readonly metrics: Pick<OperationMetrics, 'healthChecked'>;
  readonly scheduling: Pick<SchedulingMetrics, 'leaseLost'>;
  readonly log: Pick<PinoLogger, 'info' | 'warn'>;
  /** Told of a batch of which something is given up: the leases run out, and then the probes are made again. */
  readonly onError: (error: unknown) => void;
}

/** How many results are written at once. With more, those that wait outlive collections of what is young. */
export const MOST_WRITTEN = 250;
const LINGER_MS = 50;
const RETRY_MS = 1_000;

/**
 * Writes down what probes found out. Results wait for others to be written with: a transaction costs more than a result.
 * One batch at a time, for the guard. As long as the leases hold, a database that is away for a moment costs no result.
 */
export class ProbeWriter {
  readonly #pauses = new Set<() => void>();
  readonly #retries = new Set<Promise<void>>();
  readonly #waiting: FinishedProbe[] = [];
  readonly #notMade = new Recurrences();
  readonly #returned = new Recurrences();
  #writing: Promise<void> | null = null;
  /** Ends the wait for more. */
  #enough: () => void = () => undefined;
  #isClosing = false;

  constructor(private readonly options: ProbeWriterOptions) {}

  add(finished: FinishedProbe): void {
    this.options.bulkheads.found();
    this.#enqueue(finished);
  }

  /** Resolves when all is written, or given up after one attempt more. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const end of this.#pauses) end();
    await Promise.all(this.#retries);
    await this.#writing;
  }

  #enqueue(finished: FinishedProbe): void {
    this.#waiting.push(finished);
    this.#writing ??= this.#writeAll();
    if (this.#waiting.length >= MOST_WRITTEN) this.#enough();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < MOST_WRITTEN) await this.#linger();
      await this.#write(this.#waiting.splice(0, MOST_WRITTEN));
    }
    this.#writing = null;
  }

  async #write(batch: readonly FinishedProbe[]): Promise<void> {
    try {
      const recorded = await this.#record(batch);
      this.#tell(batch, recorded);
      this.options.bulkheads.settled(batch.length);
      await this.#hasten(recorded.returned);
    } catch (error) {
      // Nobody's result is lost for somebody else's. What is not PostgreSQL's is no outage: one could not be judged or packed.
      const isOfOne = isFaultOfOne(error) || !(error instanceof DatabaseError);
      if (batch.length > 1 && isOfOne) for (const one of batch) await this.#write([one]);
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

  /** Once for all that return with the first of their host. Should it fail, they are found well when their time comes. */
  async #hasten(returned: ReadonlySet<string>): Promise<void> {
    const hosts = [...returned].filter((host) => this.#returned.count(host) > 0);
    if (hosts.length === 0) return;
    await this.options.schedule.hasten(hosts, [...AWAY]).catch(this.options.onError);
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

  /** Until there are enough for a batch, if that comes first. */
  async #linger(): Promise<void> {
    const enough = Promise.withResolvers<void>();
    this.#enough = enough.resolve;
    await this.#pause(LINGER_MS, enough);
  }

  /** So long, or until it closes or is ended. */
  async #pause(ms: number, { promise, resolve } = Promise.withResolvers<void>()): Promise<void> {
    if (this.#isClosing) return;
    const timer = setTimeout(resolve, ms);
    this.#pauses.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#pauses.delete(resolve);
  }

  #tell(batch: readonly FinishedProbe[], { held, turned }: Recorded): void {
    const { metrics, scheduling, log } = this.options;
    for (const { lease, verdict } of batch) {
      if (verdict) metrics.healthChecked(lease.provider, verdict.status);
      if (verdict?.code === 'prober_error') this.#tellOfOurs(lease.provider, verdict);
      if (lease.integration && !held.has(lease.target)) scheduling.leaseLost(lease.provider);
    }
    for (const { integrationId, provider, from, to, reasonCode: code, flapping } of turned) {
      log.info({ integrationId, provider, from, to, code, flapping }, 'health changed');
    }
  }

  /** Nothing else tells an operator: what could not be checked is believed as before, and gets stale. */
  #tellOfOurs(provider: string, { message: reason }: ProbeVerdict): void {
    const failures = this.#notMade.count(provider);
    if (failures > 0) this.options.log.warn({ provider, reason, failures }, 'checks could not be made');
  }
}

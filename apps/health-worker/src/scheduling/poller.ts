import type { ProbeLease, ProbeScheduleRepository } from '@integrations/database';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PollerOptions {
  readonly schedule: Pick<ProbeScheduleRepository, 'claimDue' | 'release'>;
  /** Runs one probe; the signal aborts at shutdown. Must not reject. */
  readonly probe: (lease: ProbeLease, signal: AbortSignal) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** Takes due probes as fast as they can be run, and no faster, so that other workers find the rest. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #running = new Map<ProbeLease, Promise<void>>();
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends the probes at work and gives their leases back, so that another worker can take them at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    const unfinished = [...this.#running.keys()];
    await Promise.all(this.#running.values());
    if (unfinished.length > 0) await this.#options.schedule.release(unfinished).catch(this.#options.onError);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const claimed = await this.#claim();
      for (const lease of claimed) this.#begin(lease, signal);
      if (claimed.length > 0) await Promise.race(this.#running.values());
      else await sleep(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #claim(): Promise<ProbeLease[]> {
    const limit = this.#options.concurrency - this.#running.size;
    if (limit <= 0) return [];
    try {
      return await this.#options.schedule.claimDue({ limit, leaseMs: this.#options.leaseMs });
    } catch (error) {
      this.#options.onError(error);
      return [];
    }
  }

  #begin(lease: ProbeLease, signal: AbortSignal): void {
    const probing = this.#options.probe(lease, signal).finally(() => this.#running.delete(lease));
    this.#running.set(lease, probing);
  }
}

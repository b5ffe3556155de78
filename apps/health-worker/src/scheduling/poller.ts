import type { ProbeLease, ProbeScheduleRepository } from '@integrations/database';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PollerOptions {
  readonly schedule: Pick<ProbeScheduleRepository, 'claimDue' | 'release'>;
  /** Runs one probe; the signal aborts at shutdown. False: it was broken off, and its lease is to be given back. */
  readonly probe: (lease: ProbeLease, signal: AbortSignal) => Promise<boolean>;
  readonly onError: (error: unknown) => void;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** Takes due probes as fast as they can be run, and no faster, so that other workers find the rest. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Breaks the probes at work off and gives their leases back, so that another worker can take them at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const claimed = await this.#claim();
      for (const lease of claimed) this.#begin(lease, signal);
      if (claimed.length > 0) await Promise.race(this.#running);
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
    const probing = this.#probe(lease, signal).finally(() => this.#running.delete(probing));
    this.#running.add(probing);
  }

  async #probe(lease: ProbeLease, signal: AbortSignal): Promise<void> {
    try {
      if (!(await this.#options.probe(lease, signal))) await this.#options.schedule.release([lease]);
    } catch (error) {
      // The lease runs out, and then the probe is tried again.
      this.#options.onError(error);
    }
  }
}

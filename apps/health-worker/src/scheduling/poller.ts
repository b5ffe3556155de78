import type { ProbeClaim, ProbeLease, ProbeScheduleRepository } from '@integrations/database';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { FinishedProbe } from '../probing/record';
import { Bulkheads, type BulkheadLimits } from './bulkheads';

export interface PollerOptions {
  readonly schedule: Pick<ProbeScheduleRepository, 'claimDue' | 'release'>;
  /** Those that can be probed here. */
  readonly providers: readonly string[];
  /** Runs one probe; `end` is aborted at shutdown, or by the probe itself for want of time. */
  readonly probe: (lease: ProbeLease, end: AbortController) => Promise<FinishedProbe>;
  /** Writes down what it found out. */
  readonly record: (finished: FinishedProbe, signal: AbortSignal) => Promise<void>;
  /** Told after each look for due probes. */
  readonly onInFlight: (provider: string, probes: number) => void;
  readonly onError: (error: unknown) => void;
  readonly limits: BulkheadLimits;
  readonly leaseMs: number;
  readonly pollMs: number;
}

const AT_ONCE = 16;
const NOTHING: ProbeClaim = { leases: [], crowded: [] };

/** Takes due probes as fast as they can be run, and no faster, so that other workers find the rest. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #bulkheads: Bulkheads;
  readonly #running = new Set<Promise<void>>();
  /** One for each probe at work: a signal for all would look through all who listen, whenever one comes or goes. */
  readonly #ends = new Set<AbortController>();
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#bulkheads = new Bulkheads(options.providers, options.limits);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Breaks the probes at work off and gives their leases back, so that another worker can take them at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const end of this.#ends) end.abort();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #run(): Promise<void> {
    const { providers, onInFlight } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#fill();
      for (const provider of providers) onInFlight(provider, this.#bulkheads.inFlight(provider));
      const pause = sleep(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
      await Promise.race([pause, this.#bulkheads.eased()]);
    }
  }

  /** Begins all that is due and may run. Hosts that have too much due are passed over, for what is due behind them. */
  async #fill(): Promise<void> {
    const passedOver = new Set<string>();
    for (let again = true; again && !this.#stop.signal.aborted;) {
      const { leases, crowded } = await this.#claim(passedOver);
      await this.#beginAll(leases);
      for (const host of crowded) passedOver.add(host);
      again = crowded.length > 0;
    }
    for (const host of passedOver) this.#bulkheads.crowded(host);
  }

  async #claim(passedOver: ReadonlySet<string>): Promise<ProbeClaim> {
    const wanted = this.#bulkheads.wanted();
    if (wanted.length === 0) return NOTHING;
    const { schedule, leaseMs, limits, onError } = this.#options;
    const running = this.#bulkheads.running().filter(({ host }) => !passedOver.has(host));
    const full = [...passedOver].map((host) => ({ host, probes: limits.ofHost }));
    try {
      const demand = { wanted, running: [...running, ...full], hostLimit: limits.ofHost, leaseMs };
      const claim = await schedule.claimDue(demand);
      const claimed = Map.groupBy(claim.leases, laneOf);
      for (const lane of wanted) {
        if (claimed.get(laneOf(lane))?.length === lane.limit) this.#bulkheads.exhausted(lane);
      }
      return claim;
    } catch (error) {
      onError(error);
      return NOTHING;
    }
  }

  /** In small groups: what begins in one turn of the event loop times out in one, and holds up all else meanwhile. */
  async #beginAll(leases: readonly ProbeLease[]): Promise<void> {
    for (const [index, lease] of leases.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await turn();
      this.#begin(lease);
    }
  }

  #begin(lease: ProbeLease): void {
    const working = this.#work(lease)
      // The lease runs out, and then the probe is tried again.
      .catch(this.#options.onError)
      .finally(() => this.#running.delete(working));
    this.#running.add(working);
  }

  async #work(lease: ProbeLease): Promise<void> {
    const { record, schedule } = this.#options;
    const finished = await this.#probe(lease);
    if (!finished) return schedule.release([lease]);
    this.#bulkheads.found();
    await record(finished, this.#stop.signal).finally(() => this.#bulkheads.settled());
  }

  /**
   * Its place is free again with the verdict, so that a slow database is no limit of a provider's. Null: our own shutdown
   * cut it off, which says nothing about the vendor.
   */
  async #probe(lease: ProbeLease): Promise<FinishedProbe | null> {
    if (this.#stop.signal.aborted) return null;
    const end = new AbortController();
    this.#ends.add(end);
    this.#bulkheads.enter(lease);
    try {
      const finished = await this.#options.probe(lease, end);
      return this.#stop.signal.aborted ? null : finished;
    } finally {
      this.#bulkheads.leave(lease);
      this.#ends.delete(end);
    }
  }
}

function laneOf({ provider, slow }: Pick<ProbeLease, 'provider' | 'slow'>): string {
  return `${provider} ${slow}`;
}

import type { ProbeVerdict } from '@integrations/contracts';
import type { ProbeClaim, ProbeLease, ProbeScheduleRepository } from '@integrations/database';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { FinishedProbe } from '../probing/record';
import type { Bulkheads } from './bulkheads';
import { laneOf, LookBack } from './look-back';

export interface PollerOptions {
  readonly schedule: Pick<ProbeScheduleRepository, 'claimDue' | 'release'>;
  /** Those that can be probed here. */
  readonly providers: readonly string[];
  readonly bulkheads: Bulkheads;
  /** Runs one probe, until `signal` is aborted: at shutdown, or for want of time. */
  readonly probe: (lease: ProbeLease, signal: AbortSignal) => Promise<ProbeVerdict | null>;
  /** Takes what it found out, to be written down. */
  readonly write: (finished: FinishedProbe) => void;
  /** Told after each look for due probes. */
  readonly onInFlight: (provider: string, probes: number) => void;
  readonly onError: (error: unknown) => void;
  readonly timeoutMs: number;
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** Probes that began together, and end together for want of time. A signal for each costs as much as all else here. */
interface Group {
  readonly end: AbortController;
  /** By this process's monotonic clock, in milliseconds. */
  readonly started: number;
  readonly leasedUntil: number;
}

const AT_ONCE = 32;
const VENDOR_MS = 10;
/** Nor does room for more shorten it: what has just failed is not asked for again and again. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** Shorter than PostgreSQL may be silent before a claim is given up: what it leases after that would wait for nobody. */
const CLAIMED_WITHIN_MS = 10_000;
const NOTHING = { leases: [], crowded: [] };

/** Takes due probes as fast as they can be run, and no faster, so that other workers find the rest. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #bulkheads: Bulkheads;
  readonly #lookBack = new LookBack();
  readonly #groups = new Map<AbortController, Promise<void>>();
  readonly #brokenOff: ProbeLease[] = [];
  readonly #stop = new AbortController();
  /** PostgreSQL's time less that of this process's monotonic clock, in milliseconds. */
  #databaseAhead: number | null = null;
  #loop: Promise<void> | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#bulkheads = options.bulkheads;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Breaks the probes at work off and gives their leases back, so that another worker can take them at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const end of this.#groups.keys()) end.abort();
    await this.#loop;
    await Promise.all(this.#groups.values());
    if (this.#brokenOff.length === 0) return;
    await this.#options.schedule.release(this.#brokenOff).catch(this.#options.onError);
  }

  async #run(): Promise<void> {
    const { providers, onInFlight } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const answered = await this.#fill();
      for (const provider of providers) onInFlight(provider, this.#bulkheads.inFlight(provider));
      if (answered) await Promise.race([this.#pause(this.#options.pollMs), this.#bulkheads.eased()]);
      else await this.#pause(PAUSE_AFTER_FAILURE_MS);
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /**
   * Begins all that is due and may run. Hosts that have too much due are passed over, for what is due behind them. False
   * if the database did not answer.
   */
  async #fill(): Promise<boolean> {
    const passedOver = new Set<string>();
    for (let again = true; again && !this.#stop.signal.aborted;) {
      const leasedUntil = performance.now() + this.#options.leaseMs;
      const claim = await this.#claim(passedOver);
      if (!claim) return false;
      const { leases, crowded } = claim;
      await this.#beginAll(leases, leasedUntil);
      for (const host of crowded) passedOver.add(host);
      again = crowded.length > 0;
    }
    for (const host of passedOver) this.#bulkheads.crowded(host);
    return true;
  }

  /** Null if the database did not answer. */
  async #claim(passedOver: ReadonlySet<string>): Promise<Pick<ProbeClaim, 'leases' | 'crowded'> | null> {
    const wanted = this.#bulkheads.wanted().map((lane) => ({ ...lane, since: this.#lookBack.of(lane) }));
    if (wanted.length === 0) return NOTHING;
    const { schedule, leaseMs, onError } = this.#options;
    const hostLimit = this.#bulkheads.limits.ofHost;
    const others = this.#bulkheads.running().filter(({ host }) => !passedOver.has(host));
    const running = [...others, ...[...passedOver].map((host) => ({ host, probes: hostLimit }))];
    try {
      const until = this.#claimUntil();
      const claim = await schedule.claimDue({ wanted, running, hostLimit, leaseMs, until });
      this.#databaseAhead = claim.now.getTime() - performance.now();
      if (until && claim.now > until) return NOTHING; // nor is it known that nothing was due
      const passes = claim.crowded.length > 0 || running.some(({ probes }) => probes >= hostLimit);
      const claimed = Map.groupBy(claim.leases, laneOf);
      for (const lane of wanted) {
        const leases = claimed.get(laneOf(lane)) ?? [];
        if (leases.length === lane.limit) this.#bulkheads.exhausted(lane);
        this.#lookBack.looked(lane, claim.now, leases, passes);
      }
      return claim;
    } catch (error) {
      onError(error);
      return null;
    }
  }

  #claimUntil(): Date | null {
    if (this.#databaseAhead === null) return null;
    return new Date(performance.now() + this.#databaseAhead + CLAIMED_WITHIN_MS);
  }

  /**
   * In small groups, each once the one before has ended or waits for its vendors: what is under way in vain holds up all
   * else when it times out, and costs the collector of garbage more than its probe.
   */
  async #beginAll(leases: readonly ProbeLease[], leasedUntil: number): Promise<void> {
    for (let begun = 0; begun < leases.length; begun += AT_ONCE) {
      const ended = this.#begin(leases.slice(begun, begun + AT_ONCE), leasedUntil);
      await Promise.race([ended, sleep(VENDOR_MS)]);
      await turn(); // probes that take no time would have nothing else run
    }
  }

  #begin(leases: readonly ProbeLease[], leasedUntil: number): Promise<void> {
    const group = { end: new AbortController(), started: performance.now(), leasedUntil };
    const timer = setTimeout(timeOut, this.#options.timeoutMs, group.end);
    const ended = Promise.all(leases.map((lease) => this.#probe(lease, group))).then(() => {
      clearTimeout(timer);
      this.#groups.delete(group.end);
    });
    this.#groups.set(group.end, ended);
    return ended;
  }

  /** Its place is free again with the verdict, so that a slow database is no limit of a provider's. */
  async #probe(lease: ProbeLease, { end, started, leasedUntil }: Group): Promise<void> {
    if (this.#stop.signal.aborted) return void this.#brokenOff.push(lease);
    const { probe, write, timeoutMs, onError } = this.#options;
    this.#bulkheads.enter(lease);
    try {
      const verdict = await probe(lease, end.signal);
      // Our own shutdown cut it off, which says nothing about the vendor.
      if (this.#stop.signal.aborted) this.#brokenOff.push(lease);
      else write({ lease, leasedUntil, slow: performance.now() - started > timeoutMs / 2, verdict });
    } catch (error) {
      // The lease runs out, and then the probe is tried again.
      onError(error);
    } finally {
      this.#bulkheads.leave(lease);
    }
  }
}

function timeOut(end: AbortController): void {
  end.abort(new DOMException('the probe took too long', 'TimeoutError'));
}

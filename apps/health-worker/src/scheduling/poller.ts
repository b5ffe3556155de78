import type { ProbeVerdict } from '@integrations/contracts';
import type { ProbeClaim, ProbeLease, ProbeScheduleRepository } from '@integrations/database';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { FinishedProbe } from '../probing/record';
import type { Bulkheads } from './bulkheads';
import { laneOf, LookBack } from './look-back';

export interface PollerOptions {
  readonly schedule: Pick<ProbeScheduleRepository, 'claimDue' | 'release'>;
  /** Providers that can be probed here. */
  readonly providers: readonly string[];
  readonly bulkheads: Bulkheads;
  /** Runs one probe. `signal` aborts at shutdown, or when the probe takes too long. */
  readonly probe: (lease: ProbeLease, signal: AbortSignal) => Promise<ProbeVerdict | null>;
  /** Takes the result of a probe, to be recorded. */
  readonly write: (finished: FinishedProbe) => void;
  /** Called after each look for due probes. */
  readonly onInFlight: (provider: string, probes: number) => void;
  readonly onError: (error: unknown) => void;
  readonly timeoutMs: number;
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** Probes that begin together and time out together. A signal for each probe would cost as much as all else here. */
interface Group {
  readonly end: AbortController;
  /** By this process's monotonic clock, in milliseconds. */
  readonly started: number;
  readonly leasedUntil: number;
}

const GROUP_SIZE = 32;
const HEAD_START_MS = 10;
/** Free capacity does not cut this pause short: a database that just failed must not be hammered. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** Shorter than the silence after which a claim is abandoned: leases granted after that would have no holder. */
const CLAIMED_WITHIN_MS = 10_000;
const NOTHING = { leases: [], crowded: [] };

/** Leases due probes as fast as they can be run, and no faster, so that other workers find the rest. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #bulkheads: Bulkheads;
  readonly #lookBack = new LookBack();
  readonly #groups = new Map<AbortController, Promise<void>>();
  readonly #unfinished: ProbeLease[] = [];
  readonly #stop = new AbortController();
  /** PostgreSQL's time minus this process's monotonic clock, in milliseconds; null before the first claim. */
  #databaseAhead: number | null = null;
  #loop: Promise<void> | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#bulkheads = options.bulkheads;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Aborts the probes in flight and releases their leases, so that another worker can take them at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const end of this.#groups.keys()) end.abort();
    await this.#loop;
    await Promise.all(this.#groups.values());
    if (this.#unfinished.length === 0) return;
    await this.#options.schedule.release(this.#unfinished).catch(this.#options.onError);
  }

  async #run(): Promise<void> {
    const { providers, onInFlight } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const answered = await this.#fill();
      for (const provider of providers) onInFlight(provider, this.#bulkheads.inFlight(provider));
      if (answered) await Promise.race([this.#pause(this.#options.pollMs), this.#bulkheads.roomFreed()]);
      else await this.#pause(PAUSE_AFTER_FAILURE_MS);
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /**
   * Begins all due probes that may run. Hosts with too many due probes are skipped, so that probes of other hosts
   * behind them run. Resolves to false if the database did not answer.
   */
  async #fill(): Promise<boolean> {
    const skippedHosts = new Set<string>();
    for (let again = true; again && !this.#stop.signal.aborted;) {
      const leasedUntil = performance.now() + this.#options.leaseMs;
      const claim = await this.#claim(skippedHosts);
      if (!claim) return false;
      const { leases, crowded } = claim;
      await this.#beginAll(leases, leasedUntil);
      for (const host of crowded) skippedHosts.add(host);
      again = crowded.length > 0;
    }
    for (const host of skippedHosts) this.#bulkheads.crowded(host);
    return true;
  }

  /** Resolves to null if the database did not answer. */
  async #claim(skippedHosts: ReadonlySet<string>): Promise<Pick<ProbeClaim, 'leases' | 'crowded'> | null> {
    const wanted = this.#bulkheads.wanted().map((lane) => ({ ...lane, since: this.#lookBack.of(lane) }));
    if (wanted.length === 0) return NOTHING;
    const { schedule, leaseMs, onError } = this.#options;
    const hostLimit = this.#bulkheads.limits.ofHost;
    const others = this.#bulkheads.running().filter(({ host }) => !skippedHosts.has(host));
    const running = [...others, ...[...skippedHosts].map((host) => ({ host, probes: hostLimit }))];
    try {
      const until = this.#claimUntil();
      const claim = await schedule.claimDue({ wanted, running, hostLimit, leaseMs, until });
      this.#databaseAhead = claim.now.getTime() - performance.now();
      if (until && claim.now > until) return NOTHING; // too late to lease anything, so probes may still be due
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
   * Begins probes in small groups, each once the previous one has ended or waits for its vendors. Probes waiting on a
   * dead vendor delay everything else when they time out, and cost the garbage collector more than they are worth.
   */
  async #beginAll(leases: readonly ProbeLease[], leasedUntil: number): Promise<void> {
    for (let begun = 0; begun < leases.length; begun += GROUP_SIZE) {
      const ended = this.#begin(leases.slice(begun, begun + GROUP_SIZE), leasedUntil);
      await Promise.race([ended, sleep(HEAD_START_MS)]);
      await turn(); // probes that take no time would starve everything else
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

  /** Frees the probe's place once it has a verdict, so that a slow database does not limit a provider. */
  async #probe(lease: ProbeLease, { end, started, leasedUntil }: Group): Promise<void> {
    if (this.#stop.signal.aborted) return void this.#unfinished.push(lease);
    const { probe, write, timeoutMs, onError } = this.#options;
    this.#bulkheads.enter(lease);
    try {
      const verdict = await probe(lease, end.signal);
      // Broken off by our own shutdown, which says nothing about the vendor.
      if (this.#stop.signal.aborted) this.#unfinished.push(lease);
      else write({ lease, leasedUntil, slow: performance.now() - started > timeoutMs / 2, verdict });
    } catch (error) {
      // The probe is tried again when its lease expires.
      onError(error);
    } finally {
      this.#bulkheads.leave(lease);
    }
  }
}

function timeOut(end: AbortController): void {
  end.abort(new DOMException('the probe took too long', 'TimeoutError'));
}

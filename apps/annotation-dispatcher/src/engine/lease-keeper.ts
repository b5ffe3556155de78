import { type LaneLease, LeaseLost } from '@integrations/database';
import type { CallWatch } from '@integrations/providers';

export interface LeaseKeeperOptions {
  /** False: the lease is lost. */
  readonly renew: (lease: LaneLease, leaseMs: number) => Promise<boolean>;
  readonly leaseMs: number;
  /** When the lease was asked for, on the clock of `performance.now()`. */
  readonly askedAt: number;
  /** Aborts when the work under the lease is to be broken off for another reason. */
  readonly breakOff: AbortSignal;
}

/** For how long a vendor may yet carry out a write that it has not answered in time: GitLab ends what takes longer. */
export const LANDING_MS = 60_000;

/** A lease as those see it who work under it. */
export interface HeldLease extends CallWatch {
  /** Aborts when nothing more is to be done under the lease. */
  readonly signal: AbortSignal;
  /**
   * Aborts `signal` if the lease has run out by now. A process that was frozen finds what had arrived for it before it finds
   * its timers due, and would go on with that.
   */
  sending(): void;
}

/**
 * Renews a lease for as long as its lane is worked on. `signal` aborts with LeaseLost when somebody else has the lane,
 * or may have it soon because no renewal got through; a tenth early, so that what is on the wire ends before that. While a
 * write may be carried out yet, it is renewed for longer: if this process dies, nobody looks for it too early.
 */
export class LeaseKeeper implements HeldLease {
  readonly #broken = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  readonly #onBreakOff = () => this.#break(this.options.breakOff.reason);
  /** On the clock of `performance.now()`. */
  #expiresAt = 0;
  #expiry: NodeJS.Timeout;
  #stopped = false;
  #unanswered = 0;

  constructor(
    private readonly lease: LaneLease,
    private readonly options: LeaseKeeperOptions,
  ) {
    this.#renewal = setInterval(() => void this.#renew(), options.leaseMs / 3);
    this.#expiry = this.#expireAfter(options.askedAt);
    options.breakOff.addEventListener('abort', this.#onBreakOff);
  }

  get signal(): AbortSignal {
    return this.#broken.signal;
  }

  /** Whether something was written under the lease that may be carried out yet. */
  get mayLand(): boolean {
    return this.#unanswered > 0;
  }

  sending(): void {
    if (!this.#stopped && performance.now() >= this.#expiresAt) this.#lose();
  }

  unanswered(): void {
    this.#unanswered += 1;
    if (!this.#stopped) void this.#renew();
  }

  answered(): void {
    this.#unanswered -= 1;
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#renewal);
    clearTimeout(this.#expiry);
    this.options.breakOff.removeEventListener('abort', this.#onBreakOff);
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    const { leaseMs } = this.options;
    const ms = this.mayLand ? Math.max(leaseMs, LANDING_MS) : leaseMs;
    // A renewal that fails is tried again in time; one that never comes back is what the expiry is for.
    const held = await this.options.renew(this.lease, ms).catch(() => null);
    if (this.#stopped || held === null) return;
    if (!held) return this.#lose();
    clearTimeout(this.#expiry);
    this.#expiry = this.#expireAfter(askedAt);
  }

  #expireAfter(askedAt: number): NodeJS.Timeout {
    this.#expiresAt = askedAt + this.options.leaseMs * 0.9;
    return setTimeout(() => this.#lose(), Math.max(0, this.#expiresAt - performance.now()));
  }

  #lose(): void {
    this.#break(new LeaseLost(this.lease.lane));
  }

  #break(reason: unknown): void {
    this.stop();
    this.#broken.abort(reason);
  }
}

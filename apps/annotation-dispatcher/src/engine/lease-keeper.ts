import { type LaneLease, LeaseLost } from '@integrations/database';
import type { CallWatch } from '@integrations/providers';

export interface LeaseKeeperOptions {
  /** Resolves to false if the lease is lost. */
  readonly renew: (lease: LaneLease, leaseMs: number) => Promise<boolean>;
  readonly leaseMs: number;
  /** When the lease was asked for, on the clock of `performance.now()`. */
  readonly askedAt: number;
  /** Aborts when the work under the lease must stop for another reason. */
  readonly stop: AbortSignal;
}

/** How long a vendor may still carry out a write that it has not answered in time; GitLab ends longer requests. */
export const LANDING_MS = 60_000;

/** A lease as the work under it sees it. */
export interface HeldLease extends CallWatch {
  /** Aborts when no more work may be done under the lease. */
  readonly signal: AbortSignal;
  /**
   * Called before each request: aborts `signal` if the lease has expired. A process that was frozen handles the input
   * that arrived meanwhile before its overdue timers, and would otherwise carry on.
   */
  sending(): void;
}

/**
 * Renews a lease while its lane is worked on. `signal` aborts with LeaseLost when another dispatcher holds the lane, or
 * may soon hold it because no renewal succeeded. It aborts when a tenth of the lease is left, so that requests on the
 * wire end before the lease does. While a write may still be carried out, the lease is renewed for at least LANDING_MS:
 * even if this process dies, nobody looks for the write too early.
 */
export class LeaseKeeper implements HeldLease {
  readonly #aborted = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  readonly #onStop = () => this.#abort(this.options.stop.reason);
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
    options.stop.addEventListener('abort', this.#onStop);
  }

  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  /** Whether a write under the lease is unanswered and may still be carried out. */
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
    this.options.stop.removeEventListener('abort', this.#onStop);
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    const { leaseMs } = this.options;
    const ms = this.mayLand ? Math.max(leaseMs, LANDING_MS) : leaseMs;
    // The next interval retries a failed renewal; the expiry timer covers one that never returns.
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
    this.#abort(new LeaseLost(this.lease.lane));
  }

  #abort(reason: unknown): void {
    this.stop();
    this.#aborted.abort(reason);
  }
}

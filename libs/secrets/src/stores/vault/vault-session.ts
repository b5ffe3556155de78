import type { Clock } from '@integrations/provider-kit';
import { SharedCall } from '../../resolver/shared-call';
import type { VaultToken } from './vault-login';

/** Pause after a failed login, because vaults lock out clients that keep trying. */
const RETRY_MS = 5_000;

export interface VaultSessionOptions {
  readonly logIn: (signal: AbortSignal) => Promise<VaultToken>;
  readonly renew: (token: string, signal: AbortSignal) => Promise<VaultToken>;
  readonly clock: Clock;
}

/** Times are milliseconds since the epoch. */
interface Held {
  readonly token: VaultToken;
  /** TTL from the login, in seconds. A renewal that yields less than half of it has reached the token's maximum. */
  readonly fullTtl: number;
  readonly renewAt: number;
  readonly endsAt: number;
}

/** The login that the process shares. The first caller after two thirds of a token's life renews it for all. */
export class VaultSession {
  #held: Held | null = null;
  #refresh: SharedCall<Held> | null = null;
  #failed: { readonly error: unknown; readonly until: number } | null = null;

  constructor(private readonly options: VaultSessionOptions) {}

  /** Throws what `logIn` throws, or the signal's reason. */
  async token(signal: AbortSignal): Promise<string> {
    if (this.#held && this.#now() < this.#held.renewAt) return this.#held.token.text;
    if (!this.#refresh?.isOpen) this.#refresh = new SharedCall((ended) => this.#refreshed(ended));
    const held = await this.#refresh.join(signal);
    return held.token.text;
  }

  /** The token that replaces `refused`; another caller may have replaced it already. */
  replace(refused: string, signal: AbortSignal): Promise<string> {
    if (this.#held?.token.text === refused) this.#held = null;
    return this.token(signal);
  }

  async #refreshed(signal: AbortSignal): Promise<Held> {
    const held = this.#held;
    const renewed = held && (await this.#renewed(held, signal));
    if (renewed && this.#held === held) return (this.#held = renewed);
    if (this.#failed && this.#now() < this.#failed.until) throw this.#failed.error;
    try {
      this.#held = this.#hold(await this.options.logIn(signal));
      this.#failed = null;
      return this.#held;
    } catch (error) {
      signal.throwIfAborted();
      const until = this.#now() + RETRY_MS;
      // A token that is still valid stays in use.
      if (this.#held && this.#now() < this.#held.endsAt) return (this.#held = { ...this.#held, renewAt: until });
      this.#failed = { error, until };
      throw error;
    }
  }

  /** Null if a login is needed. */
  async #renewed({ token, endsAt, fullTtl }: Held, signal: AbortSignal): Promise<Held | null> {
    if (!token.renewable || this.#now() >= endsAt) return null;
    try {
      const renewed = this.#hold(await this.options.renew(token.text, signal), fullTtl);
      return renewed.token.ttl * 2 < fullTtl ? null : renewed;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  #hold(token: VaultToken, fullTtl = token.ttl): Held {
    const now = this.#now();
    const lastsMs = token.ttl === 0 ? Infinity : token.ttl * 1_000;
    return { token, fullTtl, renewAt: now + (lastsMs * 2) / 3, endsAt: now + lastsMs };
  }

  #now(): number {
    return this.options.clock.now();
  }
}

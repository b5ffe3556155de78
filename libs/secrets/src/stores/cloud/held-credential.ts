import type { Availability, Clock, EgressResponse } from '@integrations/provider-kit';
import { unlessAborted } from '../../resolver/shared-call';
import { SecretStoreError } from '../secret-store';

/** The credential of our own process for a cloud. */
export interface Acquired<T> {
  readonly value: T;
  /** Milliseconds since the epoch; null if it does not expire. */
  readonly expiresAt: number | null;
}

/** The identity of our process at a cloud, as the vendor's SDK finds it in environment, files or metadata service. */
export interface CloudIdentity<T> {
  isAvailable(): Availability;
  /** Looks up the credential at each call, so that a rotated key file is noticed. Throws whatever the SDK throws. */
  acquire(signal: AbortSignal): Promise<Acquired<T>>;
}

const RENEW_BEFORE_MS = 5 * 60_000;
/** Many references must not cause a storm of logins. */
const RETRY_MS = 5_000;
/** Longer than a read may take, because a missing metadata service takes long to fail. */
const ACQUIRE_TIMEOUT_MS = 30_000;

/** Caches the credential of one identity for one purpose, so it needs no cache key. Concurrent callers share one look-up. */
export class HeldCredential<T> {
  #acquiring: Promise<Acquired<T>> | null = null;
  #held: Acquired<T> | null = null;
  #settledUntil = 0;
  #replaceableFrom = 0;

  constructor(
    private readonly identity: CloudIdentity<T>,
    private readonly clock: Clock,
  ) {}

  /**
   * Calls `ask` with the credential, and once more with a new one if the answer `isRefusal`: the credential may have
   * expired, been revoked or rotated early. A credential that replaced another moments ago is not replaced: then our
   * identity itself is refused. Throws as `get` does, or what `ask` throws.
   */
  async use(
    ask: (credential: T) => Promise<EgressResponse>,
    isRefusal: (response: EgressResponse) => boolean,
    signal: AbortSignal,
  ): Promise<EgressResponse> {
    const first = await this.get(signal);
    const response = await ask(first.value);
    if (!isRefusal(response)) return response;
    // The first refused caller has dropped the credential. The others must not drop its successor.
    if (this.#held === first && !this.#drop()) return response;
    const second = await this.get(signal);
    return ask(second.value);
  }

  /** The cached or a new credential. Throws SecretStoreError `unavailable` if there is none, or the reason of `signal`. */
  get(signal: AbortSignal): Promise<Acquired<T>> {
    if (!this.#acquiring || this.clock.now() >= this.#settledUntil) this.#acquiring = this.#acquire();
    return unlessAborted(this.#acquiring, signal);
  }

  /** False if it is too early to replace the credential. */
  #drop(): boolean {
    const now = this.clock.now();
    if (now < this.#replaceableFrom) return false;
    this.#replaceableFrom = now + RETRY_MS;
    this.#acquiring = null;
    return true;
  }

  /** Goes on when all waiting callers have gone, for the benefit of the next ones. */
  #acquire(): Promise<Acquired<T>> {
    this.#held = null;
    this.#settledUntil = Infinity;
    const timeout = AbortSignal.timeout(ACQUIRE_TIMEOUT_MS);
    const acquiring = unlessAborted(this.identity.acquire(timeout), timeout).then(
      (acquired) => {
        this.#held = acquired;
        this.#settledUntil = freshUntil(acquired, this.clock.now());
        return acquired;
      },
      (error: unknown) => {
        this.#settledUntil = this.clock.now() + RETRY_MS;
        throw asStoreError(error);
      },
    );
    acquiring.catch(() => undefined);
    return acquiring;
  }
}

/** A credential that lives for less than ten minutes is renewed at half its life. Otherwise it would never be cached. */
function freshUntil({ expiresAt }: Acquired<unknown>, now: number): number {
  if (expiresAt === null) return Infinity;
  return expiresAt - Math.min(RENEW_BEFORE_MS, (expiresAt - now) / 2);
}

/** Drops the SDK's own error, because such errors carry requests and answers, and with them tokens. */
function asStoreError(error: unknown): SecretStoreError {
  if (error instanceof SecretStoreError) return error;
  const name = error instanceof Error && /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : 'unknown error';
  return new SecretStoreError('unavailable', `no credentials available for this store (${name})`);
}

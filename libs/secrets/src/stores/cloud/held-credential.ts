import type { Availability, Clock, EgressResponse } from '@integrations/provider-kit';
import { unlessAborted } from '../../resolver/shared-call';
import { SecretStoreError } from '../secret-store';

/** What our own process shows to a cloud. */
export interface Acquired<T> {
  readonly value: T;
  /** Milliseconds since the epoch; null if it does not expire. */
  readonly expiresAt: number | null;
}

/** Who our process is at a cloud, as the vendor's SDK finds it in environment, files or metadata service. */
export interface CloudIdentity<T> {
  isAvailable(): Availability;
  /** Each call looks anew, so that a rotated key file is seen. Throws whatever the SDK throws. */
  acquire(signal: AbortSignal): Promise<Acquired<T>>;
}

const RENEW_BEFORE_MS = 5 * 60_000;
/** Many references together must not become a storm of logins. */
const RETRY_MS = 5_000;
/** Longer than a read may take: metadata services are slow to say that they are not there. */
const ACQUIRE_TIMEOUT_MS = 30_000;

/** The credential of one identity for one purpose: there is no key to confuse it by. Acquired once for all who wait. */
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
   * Asks with the credential, and once more with a new one if the answer `isRefusal`: it may have expired, been revoked
   * or rotated early. One that took the place of another moments ago is not replaced: it is we who are refused. Throws as
   * `get` does, or what `ask` throws.
   */
  async use(
    ask: (credential: T) => Promise<EgressResponse>,
    isRefusal: (response: EgressResponse) => boolean,
    signal: AbortSignal,
  ): Promise<EgressResponse> {
    const first = await this.get(signal);
    const response = await ask(first.value);
    if (!isRefusal(response)) return response;
    // Whoever was refused first has dropped it already: the others must not drop its successor.
    if (this.#held === first && !this.#drop()) return response;
    const second = await this.get(signal);
    return ask(second.value);
  }

  /** What is held, or else acquired. Throws SecretStoreError `unavailable` if there is none, or the reason of `signal`. */
  get(signal: AbortSignal): Promise<Acquired<T>> {
    if (!this.#acquiring || this.clock.now() >= this.#settledUntil) this.#acquiring = this.#acquire();
    return unlessAborted(this.#acquiring, signal);
  }

  /** False: it is too early. */
  #drop(): boolean {
    const now = this.clock.now();
    if (now < this.#replaceableFrom) return false;
    this.#replaceableFrom = now + RETRY_MS;
    this.#acquiring = null;
    return true;
  }

  /** Goes on when those who wait have gone: the next ones profit. */
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

/** What lives for less than ten minutes is renewed at half its life, or it would never be kept. */
function freshUntil({ expiresAt }: Acquired<unknown>, now: number): number {
  if (expiresAt === null) return Infinity;
  return expiresAt - Math.min(RENEW_BEFORE_MS, (expiresAt - now) / 2);
}

/** Without the SDK's own error: those carry requests and answers, and with them tokens. */
function asStoreError(error: unknown): SecretStoreError {
  if (error instanceof SecretStoreError) return error;
  const name = error instanceof Error && /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : 'unknown error';
  return new SecretStoreError('unavailable', `no credentials for this store can be had (${name})`);
}

import type { Clock } from './clock';
import { ProviderError } from './provider-error';

/** A short-lived token minted from a credential. Times in milliseconds since the epoch. */
export interface MintedToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly mintedAt: number;
  /** True of what proves nothing and is kept the same way: a login, a version. */
  readonly isPublic?: boolean;
}

/** Keeps minted tokens until shortly before they expire. */
export interface TokenCache {
  /**
   * The token for `key`, minted by `mint` if there is none; concurrent callers share one minting.
   * The key names all that the token depends on: base URL, account, installation, scope, credential fingerprint.
   * The signal given to `mint` fires once every caller that waits for it has given up.
   * Throws what `mint` throws, which is not remembered; ProviderError `too_large` for a token of more than 16,384 characters,
   * `timeout` once `signal` fires.
   */
  get(
    key: readonly string[],
    mint: (signal: AbortSignal) => Promise<MintedToken>,
    signal: AbortSignal,
  ): Promise<MintedToken>;
  forget(key: readonly string[]): void;
}

const RENEW_BEFORE_MS = 5 * 60_000;
/** Enough for as many tokens of some 800 characters as a worker is measured to check registrations: 100,000. */
const MAX_BYTES = 100_000_000;
/** Of memory, beside the characters of a token and its key. */
const BYTES_EACH = 200;
const DROP_EXPIRED_MS = 60_000;
/** No server takes longer headers; what a vendor calls a token may be as long as an answer. */
const MAX_LENGTH = 16_384;

export interface TokenCacheOptions {
  /** What tokens and their keys may take of memory. Beyond it the least recently used is dropped; 100 MB if absent. */
  readonly maxBytes?: number;
}

export function createTokenCache(clock: Clock, options: TokenCacheOptions = {}): TokenCache {
  const { maxBytes = MAX_BYTES } = options;
  const tokens = new Map<string, MintedToken>();
  const mintings = new Map<string, Minting>();

  let bytes = 0;
  let expiredDroppedAt = clock.now();

  const drop = (id: string) => {
    const token = tokens.get(id);
    if (!token) return;
    tokens.delete(id);
    bytes -= bytesOf(id, token);
  };

  const keep = (id: string, token: MintedToken) => {
    drop(id);
    tokens.set(id, token);
    bytes += bytesOf(id, token);
    if (bytes <= maxBytes) return;
    for (const oldest of tokens.keys()) {
      if (bytes <= maxBytes) return;
      drop(oldest);
    }
  };

  const dropExpired = () => {
    const now = clock.now();
    if (now - expiredDroppedAt < DROP_EXPIRED_MS) return;
    expiredDroppedAt = now;
    for (const [id, { expiresAt }] of tokens) if (expiresAt <= now) drop(id);
  };

  const start = (id: string, mint: (signal: AbortSignal) => Promise<MintedToken>) => {
    dropExpired();
    const told = async (signal: AbortSignal): Promise<MintedToken> => {
      const minted = await mint(signal);
      if (minted.token.length > MAX_LENGTH) throw tooLong();
      return minted;
    };
    const minting = new Minting(told, () => {
      if (mintings.get(id) === minting) mintings.delete(id);
    });
    mintings.set(id, minting);
    minting.token.then(
      (token) => {
        // Forgotten or given up meanwhile: a later minting has taken its place, or none should.
        if (mintings.get(id) === minting) keep(id, token);
        minting.end();
      },
      () => minting.end(),
    );
    return minting;
  };

  return {
    async get(key, mint, signal) {
      const id = JSON.stringify(key);
      if (signal.aborted) throw givenUp(signal);
      const known = tokens.get(id);
      if (known && isFresh(known, clock.now())) {
        keep(id, known);
        return known;
      }
      return (mintings.get(id) ?? start(id, mint)).wait(signal);
    },
    forget(key) {
      const id = JSON.stringify(key);
      drop(id);
      mintings.delete(id);
    },
  };
}

function bytesOf(id: string, { token }: MintedToken): number {
  return id.length + token.length + BYTES_EACH;
}

/** Tokens that live for less than ten minutes are renewed at half their life, or they would never be kept. */
function isFresh(token: MintedToken, now: number): boolean {
  const margin = Math.min(RENEW_BEFORE_MS, (token.expiresAt - token.mintedAt) / 2);
  return now < token.expiresAt - margin;
}

/** One minting and those who wait for it. */
class Minting {
  readonly token: Promise<MintedToken>;
  readonly #controller = new AbortController();
  #waiting = 0;

  constructor(
    mint: (signal: AbortSignal) => Promise<MintedToken>,
    readonly end: () => void,
  ) {
    // A mint that throws at once is a failed minting too.
    this.token = Promise.resolve().then(() => mint(this.#controller.signal));
  }

  async wait(signal: AbortSignal): Promise<MintedToken> {
    this.#waiting++;
    const { promise: gone, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(givenUp(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.token, gone]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiting--;
      if (this.#waiting === 0 && signal.aborted) this.#abandon();
    }
  }

  #abandon(): void {
    this.end();
    this.#controller.abort();
  }
}

function tooLong(): ProviderError {
  return new ProviderError('too_large', `A token of more than ${MAX_LENGTH} characters can be sent nowhere`);
}

// Clients keep what else they ask once the same way: a login, a version. The vendor's silence is no matter of the credential.
function givenUp(signal: AbortSignal): ProviderError {
  return new ProviderError('timeout', 'Asking for a token, or who we are, was given up', { cause: signal.reason });
}

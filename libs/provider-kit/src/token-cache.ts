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
const MAX_TOKENS = 10_000;
/** No server takes longer headers; what a vendor calls a token may be as long as an answer. */
const MAX_LENGTH = 16_384;

export interface TokenCacheOptions {
  /** Beyond it the least recently used token is dropped; 10,000 if absent. */
  readonly maxTokens?: number;
}

export function createTokenCache(clock: Clock, options: TokenCacheOptions = {}): TokenCache {
  const { maxTokens = MAX_TOKENS } = options;
  const tokens = new Map<string, MintedToken>();
  const mintings = new Map<string, Minting>();

  const keep = (id: string, token: MintedToken) => {
    tokens.delete(id);
    tokens.set(id, token);
    for (const oldest of tokens.keys()) {
      if (tokens.size <= maxTokens) return;
      tokens.delete(oldest);
    }
  };

  const start = (id: string, mint: (signal: AbortSignal) => Promise<MintedToken>) => {
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
      tokens.delete(id);
      mintings.delete(id);
    },
  };
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

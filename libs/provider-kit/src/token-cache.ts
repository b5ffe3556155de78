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

/** For what a vendor tells of accounts and servers: they get renamed, and upgraded. */
const FACT_KEPT_MS = 3_600_000;
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

export function createTokenCache(clock: Clock, { maxBytes = MAX_BYTES }: TokenCacheOptions = {}): TokenCache {
  const kept = new KeptTokens(clock, maxBytes);
  const mintings = new Map<string, Minting>();

  const start = (id: string, mint: (signal: AbortSignal) => Promise<MintedToken>) => {
    kept.dropExpired();
    const minting = new Minting(mint, () => {
      if (mintings.get(id) === minting) mintings.delete(id);
    });
    mintings.set(id, minting);
    minting.token.then(
      (token) => {
        // Forgotten or given up meanwhile: a later minting has taken its place, or none should.
        if (mintings.get(id) === minting) kept.keep(id, token);
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
      return kept.fresh(id) ?? (mintings.get(id) ?? start(id, mint)).wait(signal);
    },
    forget(key) {
      const id = JSON.stringify(key);
      kept.drop(id);
      mintings.delete(id);
    },
  };
}

/** What `look` finds, kept for an hour where tokens are kept, since it ages like one: a login, a version. No secret. */
export async function keptFact(
  { tokens, clock }: { readonly tokens: TokenCache; readonly clock: Clock },
  key: readonly string[],
  look: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<string> {
  const mint = async (looking: AbortSignal): Promise<MintedToken> => {
    const now = clock.now();
    return { token: await look(looking), mintedAt: now, expiresAt: now + FACT_KEPT_MS, isPublic: true };
  };
  return (await tokens.get(key, mint, signal)).token;
}

/** Tokens that live for less than ten minutes are renewed at half their life, or they would never be kept. */
function isFresh(token: MintedToken, now: number): boolean {
  const margin = Math.min(RENEW_BEFORE_MS, (token.expiresAt - token.mintedAt) / 2);
  return now < token.expiresAt - margin;
}

/** What was minted, the least recently used first. */
class KeptTokens {
  readonly #tokens = new Map<string, MintedToken>();
  #bytes = 0;
  #expiredDroppedAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly maxBytes: number,
  ) {
    this.#expiredDroppedAt = clock.now();
  }

  fresh(id: string): MintedToken | null {
    const token = this.#tokens.get(id);
    if (!token || !isFresh(token, this.clock.now())) return null;
    this.keep(id, token);
    return token;
  }

  keep(id: string, token: MintedToken): void {
    this.drop(id);
    this.#tokens.set(id, token);
    this.#bytes += bytesOf(id, token);
    for (const oldest of this.#tokens.keys()) {
      if (this.#bytes <= this.maxBytes) return;
      this.drop(oldest);
    }
  }

  drop(id: string): void {
    const token = this.#tokens.get(id);
    if (!token) return;
    this.#tokens.delete(id);
    this.#bytes -= bytesOf(id, token);
  }

  dropExpired(): void {
    const now = this.clock.now();
    if (now - this.#expiredDroppedAt < DROP_EXPIRED_MS) return;
    this.#expiredDroppedAt = now;
    for (const [id, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.drop(id);
  }
}

function bytesOf(id: string, { token }: MintedToken): number {
  return id.length + token.length + BYTES_EACH;
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
    this.token = this.#mintedBy(mint);
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

  async #mintedBy(mint: (signal: AbortSignal) => Promise<MintedToken>): Promise<MintedToken> {
    const minted = await mint(this.#controller.signal);
    if (minted.token.length > MAX_LENGTH) throw tooLong();
    return minted;
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

import type { Clock } from './clock';
import { ProviderError } from './provider-error';

/** A short-lived token minted from a credential. Times in milliseconds since the epoch. */
export interface MintedToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly mintedAt: number;
  /** True for cached facts that are not secret, such as a login or a version. */
  readonly isPublic?: boolean;
}

/** Caches minted tokens until shortly before they expire. */
export interface TokenCache {
  /**
   * The token for `key`, minted by `mint` if none is cached; concurrent callers share one call of `mint`. The key must
   * contain everything that the token depends on: base URL, account, installation, scope, credential fingerprint. The
   * signal passed to `mint` fires when every caller that waits for it has given up. Throws what `mint` throws, without
   * caching the error; ProviderError `too_large` for a token of more than 16,384 characters; `timeout` when `signal`
   * fires.
   */
  get(
    key: readonly string[],
    mint: (signal: AbortSignal) => Promise<MintedToken>,
    signal: AbortSignal,
  ): Promise<MintedToken>;
  forget(key: readonly string[]): void;
}

/** How long facts about accounts and servers are kept: accounts get renamed, and servers upgraded. */
const FACT_KEPT_MS = 3_600_000;
const RENEW_BEFORE_MS = 5 * 60_000;
/** Room for 100,000 tokens of some 800 characters: one for each registration that one worker was measured to check. */
const MAX_BYTES = 100_000_000;
/** Memory overhead per token, in addition to the characters of the token and its key. */
const ENTRY_OVERHEAD_BYTES = 200;
const DROP_EXPIRED_MS = 60_000;
/** Servers refuse headers longer than this, whereas a vendor's answer could contain a "token" of any length. */
const MAX_LENGTH = 16_384;

export interface TokenCacheOptions {
  /** Memory for tokens and their keys, 100 MB if absent. Beyond it, the least recently used tokens are dropped. */
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
        // Skip if the key was forgotten or every caller gave up meanwhile; a newer minting may have taken its place.
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

/** Caches a fact that `look` finds, such as a login or a version, for an hour in the token cache. Not for secrets. */
export async function keptFact(
  { tokens, clock }: { readonly tokens: TokenCache; readonly clock: Clock },
  key: readonly string[],
  lookUp: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<string> {
  const mint = async (lookupSignal: AbortSignal): Promise<MintedToken> => {
    const now = clock.now();
    return { token: await lookUp(lookupSignal), mintedAt: now, expiresAt: now + FACT_KEPT_MS, isPublic: true };
  };
  return (await tokens.get(key, mint, signal)).token;
}

/** A token that lives for less than ten minutes is renewed at half its life; otherwise it would never be cached. */
function isFresh(token: MintedToken, now: number): boolean {
  const margin = Math.min(RENEW_BEFORE_MS, (token.expiresAt - token.mintedAt) / 2);
  return now < token.expiresAt - margin;
}

/** The cached tokens, least recently used first. */
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
  return id.length + token.length + ENTRY_OVERHEAD_BYTES;
}

/** One call of `mint` and the number of callers that wait for it. */
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
  return new ProviderError('too_large', `A token of more than ${MAX_LENGTH} characters cannot be sent`);
}

// `timeout`, because silence says nothing about the credential. Identities wait here too: `keptFact` caches them.
function givenUp(signal: AbortSignal): ProviderError {
  return new ProviderError('timeout', 'Waiting for a token or an identity was aborted', { cause: signal.reason });
}

/** A short-lived token minted from a credential. Times in milliseconds since the epoch. */
export interface MintedToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly mintedAt: number;
}

/** Keeps minted tokens until shortly before they expire. */
export interface TokenCache {
  /**
   * The token for `key`, minted by `mint` if there is none; concurrent callers share one minting.
   * The key names all that the token depends on: base URL, account, installation, scope, credential fingerprint.
   */
  get(
    key: readonly string[],
    mint: (signal: AbortSignal) => Promise<MintedToken>,
    signal: AbortSignal,
  ): Promise<MintedToken>;
  forget(key: readonly string[]): void;
}

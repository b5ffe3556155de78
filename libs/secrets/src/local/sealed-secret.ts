/**
 * A secret as the `local` store keeps it: nothing here can be read without a master key. Base64 texts, fit for columns.
 * `version` counts from 1 and is sealed in, as are tenant and path: a row moved elsewhere cannot be opened.
 */
export interface SealedSecret {
  readonly version: number;
  /** Names the master key that wraps the data key. */
  readonly masterKeyId: string;
  readonly wrappedKey: string;
  readonly ciphertext: string;
}

/** Where sealed secrets are kept. Implemented by `libs/database`. */
export interface SealedSecretStorage {
  /**
   * Adds `sealed` as the newest version of `path`, kept under `sealed.version`. Answers the version it was kept under;
   * throws and keeps nothing if that version is already there.
   */
  put(tenantId: string, path: string, sealed: SealedSecret): Promise<number>;
  /** The given version, or the newest; null if there is none. `version` is that of the row it was found in. */
  get(tenantId: string, path: string, version?: number): Promise<SealedSecret | null>;
}

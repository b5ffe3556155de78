/**
 * A secret as the `local` store keeps it, unreadable without a master key. The texts are base64, to fit into columns.
 * `version` counts from 1. It is bound into the encryption, as are tenant and path, so a row moved elsewhere cannot be
 * opened.
 */
export interface SealedSecret {
  readonly version: number;
  /** The id of the master key that wraps the data key. */
  readonly masterKeyId: string;
  readonly wrappedKey: string;
  readonly ciphertext: string;
}

/** Where sealed secrets are kept. Implemented by `libs/database`. */
export interface SealedSecretStorage {
  /**
   * Adds `sealed` as the newest version of `path`, under `sealed.version`, and returns that version. Throws, storing
   * nothing, if that version already exists.
   */
  put(tenantId: string, path: string, sealed: SealedSecret): Promise<number>;
  /** The given version, or the newest; null if there is none. `version` of the result is the version found. */
  get(tenantId: string, path: string, version?: number): Promise<SealedSecret | null>;
}

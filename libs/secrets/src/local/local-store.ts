import type { Availability, Secret } from '@integrations/provider-kit';
import { checkPath } from '../auth-ref/auth-ref';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../stores/secret-store';
import { MAX_SECRET_BYTES, namedPart, textSecret, withoutLineEnd } from '../stores/secret-text';
import type { MasterKeys } from './master-key';
import { seal, unseal } from './seal';
import type { SealedSecret, SealedSecretStorage } from './sealed-secret';

/** How often a writer retries with the next version after another writer took its version. */
const MAX_RACES = 5;

/** Our own store for installations without a vault. AES-256-GCM, sealed with a master key that the database never sees. */
export class LocalStore implements SecretStore {
  readonly name = 'local';

  constructor(
    private readonly storage: SealedSecretStorage,
    private readonly masters: MasterKeys,
  ) {}

  isAvailable(): Availability {
    return { available: true };
  }

  async read({ tenantId, ref }: StoreRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    const version = ref.version === undefined ? undefined : versionNumber(ref.version);
    const sealed = await this.#stored(tenantId, ref.path, version);
    if (!sealed) throw new SecretStoreError('not_found', 'the local store has no such secret or version');
    const place = { tenantId, path: ref.path, version: version ?? sealed.version };
    return textSecret(namedPart(unseal(sealed, place, this.masters), ref), `${place.version}`, null);
  }

  /**
   * Stores `value` as the newest version of `path` and returns the version. Throws AuthRefError for a path that no reference
   * can name, and SecretStoreError: `denied` for an empty or too large value, or `unavailable`.
   */
  async write(tenantId: string, path: string, value: Secret): Promise<number> {
    checkPath(path);
    const text = value.reveal();
    // `echo` of an unset variable writes a mere line end, from which no secret could be read.
    if (withoutLineEnd(text) === '' || Buffer.byteLength(text) > MAX_SECRET_BYTES || !text.isWellFormed()) {
      throw new SecretStoreError(
        'denied',
        'a secret must be 1 byte to 64 KiB of well-formed text, not just a line break',
      );
    }
    let newest = await this.#stored(tenantId, path);
    for (let race = 1; ; race += 1) {
      const version = (newest?.version ?? 0) + 1;
      try {
        return await this.storage.put(tenantId, path, seal(text, { tenantId, path, version }, this.masters.current));
      } catch (error) {
        newest = await this.#stored(tenantId, path);
        const overtaken = (newest?.version ?? 0) >= version;
        if (!overtaken || race === MAX_RACES) throw unavailable(error);
      }
    }
  }

  async #stored(tenantId: string, path: string, version?: number): Promise<SealedSecret | null> {
    try {
      return await this.storage.get(tenantId, path, version);
    } catch (error) {
      throw unavailable(error);
    }
  }
}

function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new SecretStoreError('not_found', 'a version of the local store is a whole number from 1');
}

function unavailable(cause: unknown): SecretStoreError {
  return new SecretStoreError('unavailable', 'the local store cannot be read', { cause });
}

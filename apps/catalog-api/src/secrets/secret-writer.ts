import type { WrittenSecret } from '@integrations/contracts';
import {
  auditedSecrets,
  AuditRepository,
  Database,
  isUniqueViolation,
  SealedSecretRepository,
} from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import {
  type AuthRef,
  AuthRefError,
  configuredMasterKeys,
  fingerprintUnder,
  localRef,
  LocalStore,
  type MasterKeys,
  type SealedSecretStorage,
  SecretStoreError,
} from '@integrations/secrets';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller';
import { auditEntry } from '../audit/audit-entry';
import { CatalogConfig } from '../config';
import { invalid, Refusal } from '../refusal';

const VERSION_IS_TAKEN = 'sealed_secret_pkey';

/**
 * Seals secrets into the `local` store. It reads none: only health-worker and annotation-dispatcher resolve
 * credentials.
 */
@Injectable()
export class SecretWriter {
  readonly #masters: MasterKeys | null;

  constructor(
    config: CatalogConfig,
    private readonly database: Database,
    private readonly secrets: SealedSecretRepository,
    private readonly audit: AuditRepository,
  ) {
    this.#masters = configuredMasterKeys(config);
  }

  /** Stores `value` as the newest version of `path`. Throws a Refusal or DatabaseError. */
  async write(caller: Caller, path: string, value: string): Promise<WrittenSecret> {
    if (!this.#masters)
      throw new Refusal('not_found', 'secrets cannot be stored here: the local store has no master key');
    const ref = refOf(path);
    try {
      const store = new LocalStore(this.#audited(caller, ref, this.#masters), this.#masters);
      const version = await store.write(caller.tenantId, ref.path, new Secret(value));
      return { authRef: ref.canonical, version };
    } catch (error) {
      throw error instanceof SecretStoreError ? reasonOf(error) : error;
    }
  }

  #audited(caller: Caller, ref: AuthRef, masters: MasterKeys): SealedSecretStorage {
    const { database, secrets, audit } = this;
    const fingerprint = fingerprintUnder(masters)(ref);
    const entryOf = (version: number) =>
      auditEntry(caller, { action: 'secret.written', detail: { fingerprint, version } });
    return auditedSecrets({ database, secrets, audit, entryOf, authRef: ref.canonical });
  }
}

/** A Refusal, or the error of the store's database, which may only be unreachable. */
function reasonOf(error: SecretStoreError): unknown {
  if (error.code === 'denied') return invalid([{ field: 'value', message: error.message }]);
  if (isUniqueViolation(error.cause, VERSION_IS_TAKEN)) {
    return new Refusal('conflict', 'the secret was written concurrently; try again');
  }
  return error.cause ?? error;
}

function refOf(path: string): AuthRef {
  try {
    return localRef(path);
  } catch (error) {
    if (error instanceof AuthRefError) throw invalid([{ field: 'path', message: error.message }]);
    throw error;
  }
}

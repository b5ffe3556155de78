import type { Availability, Secret } from '@integrations/provider-kit';
import { SecretStoreError, type SecretStore, type StoreRequest } from './secret-store';
import { MAX_SECRET_BYTES, namedPart, refuseVersion, textSecret } from './secret-text';

export interface EnvStoreOptions {
  readonly env: NodeJS.ProcessEnv;
  /** `authref://env/GITHUB_KEY` is the variable `<prefix>GITHUB_KEY`. Variables without the prefix cannot be named. */
  readonly prefix: string;
  /** The only tenant that may read these variables. */
  readonly tenantId: string;
}

/** Secrets of one tenant in environment variables. */
export class EnvStore implements SecretStore {
  readonly name = 'env';

  constructor(private readonly options: EnvStoreOptions) {}

  isAvailable(): Availability {
    return { available: true };
  }

  async read({ tenantId, ref }: StoreRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    refuseVersion(ref);
    if (tenantId !== this.options.tenantId) {
      throw new SecretStoreError('denied', 'the environment contains no secrets of this tenant');
    }
    if (!/^[A-Z0-9_]+$/.test(ref.path)) {
      throw new SecretStoreError('not_found', 'the path of an env secret is one name of A-Z, 0-9 and _');
    }
    const text = this.options.env[this.options.prefix + ref.path];
    if (text === undefined) throw new SecretStoreError('not_found', 'there is no such environment variable');
    if (Buffer.byteLength(text) > MAX_SECRET_BYTES) {
      throw new SecretStoreError('denied', 'the environment variable is larger than 64 KiB');
    }
    return textSecret(namedPart(text, ref), null, null);
  }
}

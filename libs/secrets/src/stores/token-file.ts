import type { Availability } from '@integrations/provider-kit';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { SecretStoreError } from './secret-store';
import { codeOf } from './store-service';

/** Characters that a header may hold. The largest service account tokens have about 2 KiB. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

/** A file with a token of ours for a store. It is read each time, because others renew it. */
export class TokenFile {
  constructor(
    private readonly path: string,
    /** The setting that names the file; messages name the setting instead of the path. */
    private readonly setting: string,
    /** Called with each token before its use; feeds the log scrubber. */
    private readonly hide: (token: string) => void,
  ) {}

  isAvailable(): Availability {
    return readable(this.path, this.setting);
  }

  /** Throws SecretStoreError `unavailable`, or the signal's reason. */
  async read(signal: AbortSignal): Promise<string> {
    const text = await readFile(this.path, { encoding: 'utf8', signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new SecretStoreError('unavailable', `the file of ${this.setting} cannot be read (${codeOf(error)})`);
    });
    const token = text.trim();
    this.hide(token);
    if (TOKEN.test(token)) return token;
    throw new SecretStoreError('unavailable', `the file of ${this.setting} contains no token`);
  }
}

export function readable(path: string, setting: string): Availability {
  try {
    accessSync(path, constants.R_OK);
    return { available: true };
  } catch (error) {
    return { available: false, reason: `the file of ${setting} cannot be read (${codeOf(error)})` };
  }
}

import type { Availability } from '@integrations/provider-kit';
import { SecretStoreError } from '../secret-store';

/**
 * A vendor's SDK that is loaded when it is first needed: each costs tens of megabytes, and most installations use none. It
 * counts as available until loading it fails.
 */
export class LazySdk<T> {
  #failure: string | null = null;

  constructor(
    readonly packageName: string,
    private readonly load: () => Promise<T>,
  ) {}

  availability(): Availability {
    return this.#failure === null ? { available: true } : { available: false, reason: this.#failure };
  }

  /** Throws SecretStoreError `unavailable`. */
  async get(): Promise<T> {
    try {
      const sdk = await this.load();
      this.#failure = null;
      return sdk;
    } catch (cause) {
      this.#failure = `the package ${this.packageName} cannot be loaded`;
      throw new SecretStoreError('unavailable', this.#failure, { cause });
    }
  }
}

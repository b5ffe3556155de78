import type { SealedSecretRepository } from '@integrations/database';
import type { MasterKeys } from '@integrations/secrets';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { PinoLogger } from 'nestjs-pino';

/**
 * Logs at the start if there are secrets that no configured master key opens. It does not stop the app: a lost key is
 * replaced by a new one, and secrets that do open must be usable meanwhile. The start does not wait for the check, which
 * takes a query per tenant.
 */
export class MasterKeyCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #end = new AbortController();
  #checked: Promise<void> | undefined;

  constructor(
    private readonly storage: Pick<SealedSecretRepository, 'tenants' | 'countOthers'>,
    private readonly masters: MasterKeys | null,
    private readonly log: Pick<PinoLogger, 'error'>,
  ) {}

  onApplicationBootstrap(): void {
    this.#checked = this.check().catch((error: unknown) =>
      this.log.error({ err: error }, 'cannot check the master keys against the stored secrets'),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#end.abort();
    await this.#checked;
  }

  async check(): Promise<void> {
    const masterKeyIds = this.masters ? [this.masters.current, ...this.masters.previous].map(({ id }) => id) : [];
    let secrets = 0;
    for (const tenantId of await this.storage.tenants()) {
      if (this.#end.signal.aborted) return;
      secrets += await this.storage.countOthers(tenantId, masterKeyIds);
    }
    if (secrets > 0)
      this.log.error({ secrets, masterKeyIds }, 'secrets are sealed with a master key that is not configured');
  }
}

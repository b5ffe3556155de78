import type { SealedSecretRepository } from '@integrations/database';
import type { MasterKeys } from '@integrations/secrets';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';

/**
 * Tells at the start of secrets that no master key at hand opens. It stops nothing: a key that is lost is followed by a new
 * one, and what does open is to be used meanwhile.
 */
export class MasterKeyCheck implements OnApplicationBootstrap {
  readonly #log = new Logger(MasterKeyCheck.name);

  constructor(
    private readonly storage: Pick<SealedSecretRepository, 'tenants' | 'countOthers'>,
    private readonly masters: MasterKeys | null,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const masterKeyIds = this.masters ? [this.masters.current, ...this.masters.previous].map(({ id }) => id) : [];
    let secrets = 0;
    for (const tenantId of await this.storage.tenants()) {
      secrets += await this.storage.countOthers(tenantId, masterKeyIds);
    }
    if (secrets > 0)
      this.#log.error({ secrets, masterKeyIds }, 'secrets are sealed with a master key that is not at hand');
  }
}

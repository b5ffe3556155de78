import type { SealedSecretRepository } from '@integrations/database';
import type { MasterKeys } from '@integrations/secrets';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';

/**
 * Tells at the start of secrets that no master key at hand opens. It stops nothing: a key that is lost is followed by a new
 * one, and what does open is to be used meanwhile. Nor does the start wait for it, which is a query for each tenant.
 */
export class MasterKeyCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger(MasterKeyCheck.name);
  readonly #end = new AbortController();
  #checked: Promise<void> | undefined;

  constructor(
    private readonly storage: Pick<SealedSecretRepository, 'tenants' | 'countOthers'>,
    private readonly masters: MasterKeys | null,
  ) {}

  onApplicationBootstrap(): void {
    this.#checked = this.check().catch((error: unknown) =>
      this.#log.error({ err: error }, 'master keys not checked against the secrets'),
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
      this.#log.error({ secrets, masterKeyIds }, 'secrets are sealed with a master key that is not at hand');
  }
}

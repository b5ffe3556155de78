import { AuditRepository, Database, SealedSecretRepository } from '@integrations/database';
import { configuredMasterKeys } from '@integrations/secrets';
import { Module } from '@nestjs/common';
import { CatalogConfig } from '../config';
import { SecretWriter } from './secret-writer';
import { SecretsController } from './secrets.controller';

/** Writes secrets into the `local` store. It resolves none. */
@Module({
  controllers: [SecretsController],
  providers: [
    {
      provide: SecretWriter,
      useFactory: (
        config: CatalogConfig,
        database: Database,
        secrets: SealedSecretRepository,
        audit: AuditRepository,
      ) => new SecretWriter(database, secrets, audit, configuredMasterKeys(config)),
      inject: [CatalogConfig, Database, SealedSecretRepository, AuditRepository],
    },
  ],
})
export class SecretsModule {}

import { AuditRepository, Database, SealedSecretRepository } from '@integrations/database';
import { configuredMasterKeys, type MasterKeySettings } from '@integrations/secrets';
import { type DynamicModule, Module } from '@nestjs/common';
import { SecretWriter } from './secret-writer';
import { SecretsController } from './secrets.controller';

@Module({})
export class SecretsModule {
  static forRoot(config: MasterKeySettings): DynamicModule {
    return {
      module: SecretsModule,
      controllers: [SecretsController],
      providers: [
        {
          provide: SecretWriter,
          useFactory: (database: Database, secrets: SealedSecretRepository, audit: AuditRepository) =>
            new SecretWriter(database, secrets, audit, configuredMasterKeys(config)),
          inject: [Database, SealedSecretRepository, AuditRepository],
        },
      ],
    };
  }
}

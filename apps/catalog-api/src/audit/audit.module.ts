import { ConfigError } from '@integrations/config';
import type { DigestKeys } from '@integrations/database';
import { configuredAuditKeys } from '@integrations/secrets';
import { type DynamicModule, Module } from '@nestjs/common';
import type { CatalogConfig } from '../config';
import { AUDIT_KEYS } from './audit-keys';
import { AuditController } from './audit.controller';
import { DigestSigner } from './digest-signer';

/** Serves the audit trail, and signs digests of it. */
@Module({})
export class AuditModule {
  static forRoot(config: Pick<CatalogConfig, 'auditKeyFile'>): DynamicModule {
    return {
      module: AuditModule,
      controllers: [AuditController],
      providers: [{ provide: AUDIT_KEYS, useFactory: () => signingKeys(config) }, DigestSigner],
    };
  }
}

function signingKeys(config: Pick<CatalogConfig, 'auditKeyFile'>): DigestKeys | null {
  const keys = configuredAuditKeys(config);
  if (keys?.signer === null) {
    throw new ConfigError([{ key: 'AUDIT_KEY_FILE', message: 'must begin with a private key' }]);
  }
  return keys;
}

import { ConfigError } from '@integrations/config';
import type { DigestKeys } from '@integrations/database';
import { configuredAuditKeys } from '@integrations/secrets';
import { Module } from '@nestjs/common';
import { CatalogConfig } from '../config';
import { AUDIT_KEYS } from './audit-keys';
import { AuditController } from './audit.controller';
import { DigestSigner } from './digest-signer';

/** Serves the audit trail, and signs digests of it. */
@Module({
  controllers: [AuditController],
  providers: [{ provide: AUDIT_KEYS, useFactory: signingKeys, inject: [CatalogConfig] }, DigestSigner],
})
export class AuditModule {}

function signingKeys(config: CatalogConfig): DigestKeys | null {
  const keys = configuredAuditKeys(config);
  if (keys?.signer === null) {
    throw new ConfigError([{ key: 'AUDIT_KEY_FILE', message: 'must begin with a private key' }]);
  }
  return keys;
}

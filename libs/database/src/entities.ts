import { ApiTokenEntity } from './access/api-token.entity';
import { AuditEntity } from './access/audit.entity';
import { SealedSecretEntity } from './access/sealed-secret.entity';
import { HealthEntity } from './catalog/health.entity';
import { IntegrationEntity } from './catalog/integration.entity';
import { OperationEntity } from './ledger/operation.entity';

/** Listed, because a bundled app has no files for TypeORM to find by a glob. */
export const ENTITIES = [
  IntegrationEntity,
  HealthEntity,
  OperationEntity,
  ApiTokenEntity,
  SealedSecretEntity,
  AuditEntity,
];

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { STEADY_ACCEPT } from './1790000000070-steady-plans';

/**
 * An idempotency key that was used before is met by entering the operation, and not looked for beforehand: planned while the
 * ledger is empty, that look reads all that the tenant has in it since, for each operation.
 */
export class KnownWhenEntered1790000000075 implements MigrationInterface {
  readonly name = 'KnownWhenEntered1790000000075';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(KNOWN_ACCEPT);
    await runner.query(BY_INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(STEADY_ACCEPT);
    await runner.query(BY_INDEX);
  }
}

export const BY_INDEX = 'ALTER FUNCTION annotation_accept(jsonb, jsonb) SET enable_seqscan = off';

const KNOWN = `o.idempotency_key IS NOT NULL AND EXISTS (
        SELECT FROM annotation_operation seen
        WHERE seen.tenant_id = o.tenant_id AND seen.idempotency_key = o.idempotency_key
      )`;

/** As before, but that only what is stale is looked for: what is known stays so, whatever has become of the integration. */
export const KNOWN_ACCEPT = STEADY_ACCEPT.replace(
  `IF ${KNOWN} THEN\n        result := 'known';\n      ELSIF NOT`,
  'IF NOT',
).replace("result := 'stale'", `result := CASE WHEN ${KNOWN} THEN 'known' ELSE 'stale' END`);

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { STEADY_ACCEPT } from './1790000000070-steady-plans';

/**
 * A used idempotency key is detected by inserting the operation instead of by a lookup beforehand. If that lookup was
 * planned while the ledger was empty, it reads the tenant's whole ledger for each operation.
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

/** As before, but looks up the key only if the entry is stale: a used key stays `known`, whatever the integration's state. */
export const KNOWN_ACCEPT = STEADY_ACCEPT.replace(
  `IF ${KNOWN} THEN\n        result := 'known';\n      ELSIF NOT`,
  'IF NOT',
).replace("result := 'stale'", `result := CASE WHEN ${KNOWN} THEN 'known' ELSE 'stale' END`);

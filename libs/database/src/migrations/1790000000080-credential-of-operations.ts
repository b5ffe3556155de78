import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BY_INDEX, KNOWN_ACCEPT } from './1790000000075-known-when-entered';

/**
 * The ledger stores the credential of each operation. Until now only the lane had it, and a lane is gone while all its
 * operations are parked. A lane created again for a replay had no credential, and so was not on hold when the vendor asked
 * to wait.
 */
export class CredentialOfOperations1790000000080 implements MigrationInterface {
  readonly name = 'CredentialOfOperations1790000000080';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE annotation_operation ADD COLUMN credential text');
    await runner.query(ACCEPT);
    await runner.query(BY_INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(KNOWN_ACCEPT);
    await runner.query(BY_INDEX);
    await runner.query('ALTER TABLE annotation_operation DROP COLUMN credential');
  }
}

/** As before, and stores the credential. */
export const ACCEPT = KNOWN_ACCEPT.replace(
  'request_hash, deadline_at, state,',
  'request_hash, credential, deadline_at, state,',
).replace('o.request_hash, o.deadline_at,', 'o.request_hash, o.credential, o.deadline_at,');

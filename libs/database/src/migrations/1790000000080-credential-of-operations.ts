import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BY_INDEX, KNOWN_ACCEPT } from './1790000000075-known-when-entered';

/**
 * The ledger knows under which credential each operation counts, as its lane does, which is gone while all of it is parked:
 * a lane that was made anew for what is replayed had none, and was not held when the vendor asked to wait.
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

/** As before, and enters the credential. */
const ACCEPT = KNOWN_ACCEPT.replace(
  'request_hash, deadline_at, state,',
  'request_hash, credential, deadline_at, state,',
).replace('o.request_hash, o.deadline_at,', 'o.request_hash, o.credential, o.deadline_at,');

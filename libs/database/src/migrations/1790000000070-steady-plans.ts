import type { MigrationInterface, QueryRunner } from 'typeorm';
import { RESCHEDULE } from './1790000000021-fair-lanes';
import { SETTLE } from './1790000000041-quick-settling';
import { ACCEPT } from './1790000000068-told-keys';

/**
 * The annotation path always uses the intended indexes, whatever the statistics of its tables. PostgreSQL plans these
 * statements once, often while there are no lanes, when reading all of an empty table looks cheapest. Thousands of lanes
 * later, each end of an operation would read all of them, until PostgreSQL analyses the table again.
 */
export class SteadyPlans1790000000070 implements MigrationInterface {
  readonly name = 'SteadyPlans1790000000070';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.map(stateOnlyCompared)) await runner.query(statement);
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} SET enable_seqscan = off`);
    await runner.query(PARKED);
    await runner.query(OUTBOX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_changes, outbox_of_platform');
    await runner.query(PARKED_BEFORE);
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} RESET enable_seqscan`);
    for (const statement of STATEMENTS) await runner.query(statement);
  }
}

/** The functions that the apps call. Functions that these call are planned under the same setting. */
const FUNCTIONS = [
  'annotation_accept(jsonb, jsonb)',
  'annotation_claim(integer, integer)',
  'annotation_settle(jsonb)',
  'annotation_reschedule(uuid, text, uuid, bigint, jsonb, boolean)',
  'annotation_take(jsonb, timestamptz)',
  'annotation_hold(text, text, bigint)',
];

export const STEADY_ACCEPT = stateOnlyCompared(ACCEPT);

const STATEMENTS = [ACCEPT, SETTLE, RESCHEDULE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION')];

/**
 * Rewrites the statement so that the state does not select an index where operations are looked up by id or upsert key. For
 * a plain comparison PostgreSQL may use the index of open operations. That index is the smallest while little waits, and
 * the query then reads everything that has started waiting since.
 */
export function stateOnlyCompared(statement: string): string {
  return statement
    .replace(/(o\.lane = (?:given\.lane|of_lane) AND) o\.state = /, "$1 o.state || '' = ")
    .replace("w.state = 'queued' AND NOT w.half_made", "w.state || '' = 'queued' AND NOT w.half_made");
}

/**
 * Indexes of parked operations by integration. The tenant's index of parked operations has the order of the table, so
 * PostgreSQL expects to find one integration's rows soon by reading it, and reads all of it where they belong to others.
 * That index cannot serve a query that compares the state like this.
 */
const PARKED = `
  DROP INDEX annotation_operation_awaiting;
  CREATE INDEX annotation_operation_awaiting ON annotation_operation (integration_id, position)
    WHERE awaits_vendor AND state || '' = 'parked_offline';
  CREATE INDEX annotation_operation_parked_of ON annotation_operation (integration_id, position)
    WHERE state || '' = 'parked_offline'`;

const PARKED_BEFORE = `
  DROP INDEX annotation_operation_parked_of, annotation_operation_awaiting;
  CREATE INDEX annotation_operation_awaiting ON annotation_operation (integration_id, position)
    WHERE state = 'parked_offline' AND awaits_vendor`;

/**
 * Indexes to check whether an integration's state is ahead of the stream, and whether an event of the platform itself
 * exists, without reading everything that waits for the bus.
 */
const OUTBOX = String.raw`
  CREATE INDEX outbox_changes ON outbox (integration_id)
    WHERE coalesce(sequence, 0) = 0 AND event NOT LIKE 'annotation\_%';
  CREATE INDEX outbox_of_platform ON outbox (event) WHERE type IS NULL`;

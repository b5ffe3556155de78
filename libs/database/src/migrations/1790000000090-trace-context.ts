import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SETTLE } from './1790000000041-quick-settling';
import { stateOnlyCompared } from './1790000000070-steady-plans';
import { BY_INDEX } from './1790000000075-known-when-entered';
import { ACCEPT } from './1790000000080-credential-of-operations';

/** Operations and events keep the W3C trace context of the request that caused them. */
export class TraceContext1790000000090 implements MigrationInterface {
  readonly name = 'TraceContext1790000000090';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE annotation_operation ADD COLUMN traceparent text');
    await runner.query('ALTER TABLE outbox ADD COLUMN traceparent text');
    for (const statement of [TRACED_ACCEPT, BY_INDEX, TRACED_SETTLE, SETTLE_BY_INDEX]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [ACCEPT, BY_INDEX, STEADY_SETTLE, SETTLE_BY_INDEX]) await runner.query(statement);
    await runner.query('ALTER TABLE outbox DROP COLUMN traceparent');
    await runner.query('ALTER TABLE annotation_operation DROP COLUMN traceparent');
  }
}

/** As before, and stores the trace context. An event about a superseded operation has that operation's own. */
const TRACED_ACCEPT = ACCEPT.replace('credential, deadline_at, state,', 'credential, deadline_at, traceparent, state,')
  .replace('o.credential, o.deadline_at,', 'o.credential, o.deadline_at, o.traceparent,')
  .replace('event, generation, data)', 'event, generation, data, traceparent)')
  .replace(
    "jsonb_build_object('operationId', told.id, 'idempotencyKey', told.key)",
    `$&,
               CASE told.id WHEN o.id THEN o.traceparent
                 ELSE (SELECT w.traceparent FROM annotation_operation w WHERE w.id = told.id) END`,
  );

const STEADY_SETTLE = stateOnlyCompared(SETTLE);

/** As before, and the event has the trace context of its operation. */
const TRACED_SETTLE = STEADY_SETTLE.replace(
  'event, generation, data)',
  'event, generation, data, traceparent)',
).replace('ended.generation, given.event_data)', 'ended.generation, given.event_data, ended.traceparent)');

const SETTLE_BY_INDEX = 'ALTER FUNCTION annotation_settle(jsonb) SET enable_seqscan = off';

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HOLD as HOLD_BEFORE } from './1790000000020-call-budgets';
import { HELD_UNTIL as HELD_UNTIL_BEFORE, RESCHEDULE as RESCHEDULE_BEFORE } from './1790000000021-fair-lanes';
import { stateOnlyCompared } from './1790000000070-steady-plans';

/**
 * After a hold, few lanes come back at first. A vendor that still limits, or allows little, then refuses a few calls
 * instead of one for each slot of each dispatcher.
 */
export class GentleReturns1790000000081 implements MigrationInterface {
  readonly name = 'GentleReturns1790000000081';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [HOLD, HELD_UNTIL, RESCHEDULE]) await replace(runner, statement);
    await runner.query(BY_INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [HOLD_BEFORE, HELD_UNTIL_BEFORE, STEADY_RESCHEDULE]) await replace(runner, statement);
    await runner.query(BY_INDEX);
  }
}

const BY_INDEX = `
  ALTER FUNCTION annotation_hold(text, text, bigint) SET enable_seqscan = off;
  ALTER FUNCTION annotation_reschedule(uuid, text, uuid, bigint, jsonb, boolean) SET enable_seqscan = off`;

/** As before, but lanes come back in groups of two, four and eight, each a quarter of a second after the previous one. */
const HOLD = HOLD_BEFORE.replace(
  '\n  BEGIN',
  `
    lanes bigint;
  BEGIN
    SELECT count(*) INTO lanes FROM annotation_lane w
    WHERE w.tenant_id = of_tenant AND w.credential = of_credential AND w.lease_token IS NULL AND w.due_at < until;`,
).replace("random() * interval '1 second'", "ln(greatest(1, random() * lanes)) * interval '360 milliseconds'");

/** As before, but few at first. */
const HELD_UNTIL = HELD_UNTIL_BEFORE.replace("random() * interval '1 second'", "sqrt(random()) * interval '2 seconds'");

const STEADY_RESCHEDULE = stateOnlyCompared(RESCHEDULE_BEFORE);

/** As before, but an operation that the vendor has just refused comes back like the other lanes of its credential. */
const RESCHEDULE = STEADY_RESCHEDULE.replace(
  'SET due_at = annotation_reschedule.next_attempt_at,',
  `SET due_at = greatest(annotation_reschedule.next_attempt_at, annotation_held_until(l.tenant_id, l.credential)),
       `,
);

async function replace(runner: QueryRunner, statement: string): Promise<void> {
  await runner.query(statement.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
}

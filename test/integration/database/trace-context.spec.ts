import { succeeded } from '@integrations/contracts';
import { type IntegrationRow, type NewOperation, OperationRepository } from '@integrations/database';
import { entry, openLedger, type TestDatabase } from './support';

describe('the trace context of an operation', () => {
  let db: TestDatabase;
  let ledger: OperationRepository;
  let through: IntegrationRow;

  beforeEach(async () => {
    ({ db, ledger, through } = await openLedger());
  });

  afterEach(() => db.close());

  const traceOf = (n: number) => `00-${String(n).repeat(32)}-00f067aa0ba902b7-01`;
  const enter = async (overrides: Partial<NewOperation>) => {
    const given = entry(through, overrides);
    return { id: given.operation.id, ...(await ledger.enter(given)) };
  };
  const told = () =>
    db.sql(`SELECT event, data->>'operationId' AS id, traceparent FROM outbox ORDER BY event, traceparent, id`);

  it('is kept, and the events about the operation have it', async () => {
    const running = await enter({ traceparent: traceOf(1) });
    if (running.result !== 'running') throw new Error(running.result);
    const older = await enter({ traceparent: traceOf(2), upsertKey: 'sast', operation: 'status' });
    const newer = await enter({ traceparent: traceOf(3), upsertKey: 'sast', operation: 'status' });
    const without = await enter({});
    await ledger.conclude({
      lease: running.lease,
      operationId: running.id,
      settlement: { state: 'succeeded', outcome: succeeded(null as never) },
      event: { name: 'annotation_posted', data: { operationId: running.id } },
      continueLane: false,
    });
    await db.database.transaction((tx) => ledger.cancel('acme', newer.id, tx));

    expect((await ledger.find('acme', running.id))?.traceparent).toBe(traceOf(1));
    expect(await told()).toEqual([
      { event: 'annotation_accepted', id: running.id, traceparent: traceOf(1) },
      { event: 'annotation_accepted', id: older.id, traceparent: traceOf(2) },
      { event: 'annotation_accepted', id: newer.id, traceparent: traceOf(3) },
      { event: 'annotation_accepted', id: without.id, traceparent: null },
      { event: 'annotation_cancelled', id: newer.id, traceparent: traceOf(3) },
      { event: 'annotation_posted', id: running.id, traceparent: traceOf(1) },
      { event: 'annotation_superseded', id: older.id, traceparent: traceOf(2) },
    ]);
  });

  it('does not make a request under a used idempotency key another one', async () => {
    const first = await enter({ idempotencyKey: 'once', traceparent: traceOf(1) });
    expect(await enter({ idempotencyKey: 'once', traceparent: traceOf(2) })).toMatchObject({ result: 'known' });
    expect(await ledger.findByKey('acme', 'once')).toMatchObject({ id: first.id, traceparent: traceOf(1) });
  });
});

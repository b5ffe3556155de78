import { LedgerRetention, OperationRepository } from '@integrations/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventually } from '../../support/eventually';
import { DispatcherPlatform, type Reply } from './platform';

const COMMENT = { owner: 'octo', repository: 'demo', pullRequestNumber: 7, body: 'hi', idempotencyKey: 'once' };

let platform: DispatcherPlatform;
let app: NestFastifyApplication | undefined;

beforeAll(async () => {
  platform = await DispatcherPlatform.start();
  await platform.integrate();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await platform.db.sql('TRUNCATE annotation_operation');
});
afterAll(() => platform?.stop());

const post = (body: object = COMMENT): Promise<Reply> => platform.ask('integrations.v1.rpc.scm.comment', body);
const endedDaysAgo = (id: string | null, days: number) =>
  platform.db.sql(`UPDATE annotation_operation SET finished_at = now() - $2 * interval '1 day' WHERE id = $1`, [
    id,
    days,
  ]);
const kept = async (): Promise<string[]> =>
  (await platform.db.sql<{ id: string }>('SELECT id FROM annotation_operation')).map(({ id }) => id);

describe('the ledger of a dispatcher', () => {
  it('loses operations that ended more than LEDGER_RETENTION_DAYS ago when a dispatcher starts', async () => {
    app = await platform.startApp();
    const old = await post();
    const young = await post({ ...COMMENT, idempotencyKey: 'another' });
    await app.close();
    await endedDaysAgo(old.operationId, 41);
    await endedDaysAgo(young.operationId, 39);

    // By default nothing is that old.
    app = await platform.startApp();
    await app.close();
    expect(await kept()).toHaveLength(2);
    app = await platform.startApp({ LEDGER_RETENTION_DAYS: '40' });
    await eventually('the old one to go', async () => ((await kept()).length === 1 ? true : null));
    expect(await kept()).toEqual([young.operationId]);
    const { errorCode } = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: old.operationId });
    expect(errorCode).toBe('not_found');
  });

  it('cannot be kept for less time than the stream may redeliver a request', () => {
    expect(() => platform.startApp({ LEDGER_RETENTION_DAYS: '29' })).toThrow(/LEDGER_RETENTION_DAYS: /);
  });

  it.each([
    ['the comment', { idempotencyKey: 'kept' }],
    ['a separate comment', { idempotencyKey: 'own', updateExisting: false }],
  ])(
    'may have lost an idempotency key that is used again: %s is then found at the vendor and not posted twice',
    async (_, what) => {
      app = await platform.startApp();
      const first = await post({ ...COMMENT, ...what });
      expect(await post({ ...COMMENT, ...what })).toEqual(first);
      await endedDaysAgo(first.operationId, 100);
      await app
        .get(LedgerRetention, { strict: false })
        .keep(new Date(), { days: 90, signal: AbortSignal.timeout(60_000) });

      expect(await kept()).toEqual([]);
      expect(await post({ ...COMMENT, ...what })).toMatchObject({
        success: true,
        operationId: first.operationId,
        result: { commentId: first.result!.commentId, outcome: 'unchanged' },
      });
    },
  );

  it('accepts a key again that is removed at the very moment of its reuse', async () => {
    app = await platform.startApp();
    const first = await post();
    jest.spyOn(app.get(OperationRepository, { strict: false }), 'findByKey').mockImplementationOnce(async () => {
      await platform.db.sql('DELETE FROM annotation_operation WHERE id = $1', [first.operationId]);
      return null;
    });
    expect(await post()).toMatchObject({ success: true, result: { commentId: first.result!.commentId } });
  });
});

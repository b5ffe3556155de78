import { eventually } from '../../support/eventually';
import { DispatcherPlatform } from './platform';

const COMMENT = 'integrations.v1.rpc.scm.comment';
const STATUS = 'integrations.v1.rpc.scm.status';
const comment = { owner: 'octo', repository: 'demo', pullRequestNumber: 7, body: 'Two findings', dryRun: true };

let platform: DispatcherPlatform;
let integrationId: string;

beforeAll(async () => {
  platform = await DispatcherPlatform.start();
  ({ id: integrationId } = await platform.integrate({ posting: 'offline' }));
});
afterAll(() => platform.stop());

async function withApp(env: NodeJS.ProcessEnv, work: () => Promise<void>): Promise<void> {
  const app = await platform.startApp(env);
  try {
    await work();
  } finally {
    await app.close();
  }
}

describe('a dry run', () => {
  it('returns what would be sent, even when offline, and leaves no trace', async () => {
    await withApp({ OFFLINE: 'true' }, async () => {
      const reply = await platform.ask(COMMENT, { ...comment, idempotencyKey: 'k', upsertKey: 'scan' });
      expect(reply).toMatchObject({
        success: true,
        skippedOffline: false,
        operationId: null,
        result: {
          integrationId,
          provider: 'in_memory',
          operation: 'comment',
          vendorRequests: [
            { method: 'POST', url: expect.stringContaining('octo/demo'), body: { body: 'Two findings' } },
          ],
        },
      });
      expect(await platform.written()).toEqual({ operations: 0, events: 0 });
      // A dry run does not use the key, so the real request may.
      const real = await platform.ask(COMMENT, { ...comment, dryRun: false, idempotencyKey: 'k', upsertKey: 'scan' });
      expect(real).toMatchObject({ skippedOffline: true, operationId: expect.any(String) });
      const again = await platform.ask(COMMENT, {
        ...comment,
        dryRun: undefined,
        idempotencyKey: 'k',
        upsertKey: 'scan',
      });
      expect(again.operationId).toBe(real.operationId);
    });
  });

  it('is refused for the same reasons as the real request', async () => {
    await withApp({}, async () => {
      const before = await platform.written();
      const bad = await platform.ask(STATUS, { ...comment, commitSha: 'HEAD' });
      expect(bad).toMatchObject({ success: false, errorCode: 'invalid_request' });
      const unknown = '01920000-0000-7000-8000-0000000000ff';
      expect(await platform.ask(COMMENT, { ...comment, integrationId: unknown })).toMatchObject({
        errorCode: 'not_found',
        details: [{ field: 'integrationId' }],
      });
      expect(await platform.ask(COMMENT, { ...comment, dryRun: 'yes' })).toMatchObject({
        errorCode: 'invalid_request',
        details: [{ field: 'dryRun' }],
      });
      expect(await platform.ask(COMMENT, comment, { tenant: 'rival' })).toMatchObject({ errorCode: 'not_found' });
      expect(await platform.written()).toEqual(before);
    });
  });

  it('is refused when nobody waits for the answer', async () => {
    await withApp({}, async () => {
      const before = await platform.written();
      const dead = platform.caller.subscribe('integrations.v1.dlq.>', { max: 1 });
      platform.caller.publish('integrations.v1.annotate.acme.comment', JSON.stringify({ ...comment, integrationId }));
      const letter = await eventually('the dead letter', async () => (await dead[Symbol.asyncIterator]().next()).value);
      expect([...letter.headers!].flatMap(([, values]) => values).join(' ')).toContain('dryRun');
      expect(await platform.written()).toEqual(before);
    });
  });
});

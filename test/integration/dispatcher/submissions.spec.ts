import { jetstream, jetstreamManager, type PubAck } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventually } from '../../support/eventually';
import { DispatcherPlatform } from './platform';

const SHA = 'c'.repeat(40);
const status = { owner: 'octo', repository: 'demo', commitSha: SHA, state: 'pending', context: 'scan' };

let platform: DispatcherPlatform;
let app: NestFastifyApplication | undefined;

beforeAll(async () => {
  platform = await DispatcherPlatform.start();
  await platform.integrate();
  // The first start creates the streams.
  await (await platform.startApp()).close();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(() => platform?.stop());

function submit(operation: string, body: object | string, tenant = 'acme', key?: string): Promise<PubAck> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = natsHeaders();
  if (key !== undefined) headers.set('idempotency-key', key);
  return jetstream(platform.caller).publish(`integrations.v1.annotate.${tenant}.${operation}`, payload, { headers });
}

/** The events under keys with this prefix, once there is one more than the acceptance. */
function eventsUnder(key: string): Promise<string[]> {
  return eventually(`the outcome under ${key}`, () => {
    const told = platform.events.filter(({ body }) => String(body['idempotencyKey']).startsWith(key));
    return told.length > 1 ? told.map(({ subject }) => subject.split('.').at(-1)!) : null;
  });
}

/** The ledger, once all `count` submitted operations are finished. */
function finished(count: number): Promise<{ state: string; context: string }[]> {
  return eventually(`${count} finished operations`, async () => {
    const rows = await platform.db.sql<{ state: string; context: string }>(
      `SELECT state, request->>'context' AS context FROM annotation_operation
       WHERE finished_at IS NOT NULL ORDER BY position`,
    );
    return rows.length >= count ? rows : null;
  });
}

async function inStream(name: string): Promise<number> {
  const manager = await jetstreamManager(platform.caller);
  return (await manager.streams.info(name)).state.messages;
}

const contexts = Array.from({ length: 12 }, (_, n) => `context ${n}`);

describe('requests published to the stream', () => {
  it('while no dispatcher runs are posted in order when one starts', async () => {
    for (const context of contexts) await submit('status', { ...status, context });
    expect(await platform.written()).toMatchObject({ operations: 0 });
    app = await platform.startApp();
    expect(await finished(contexts.length)).toEqual(contexts.map((context) => ({ state: 'succeeded', context })));
    await eventually('an empty stream', async () => ((await inStream('INTEGRATIONS_ANNOTATE')) === 0 ? true : null));
    await eventually('the events', () => {
      const posted = platform.events.filter(({ subject }) => subject.endsWith('annotation_posted'));
      return posted.length === contexts.length ? true : null;
    });
  });

  it('cause events with the idempotency keys that they were submitted with', async () => {
    app = await platform.startApp();
    const scan = { ...status, context: 'keyed', upsertKey: 'keyed' };
    await submit('status', { ...scan, revision: 2, idempotencyKey: 'scan/2' });
    await submit('status', { ...scan, revision: 1 }, 'acme', 'scan/1');
    const comment = { owner: 'octo', repository: 'demo', pullRequestNumber: 7, body: 'hi', commentId: '404' };
    await submit('comment', comment, 'acme', 'lost');
    const { seq } = await submit('status', { ...status, context: 'unnamed' });

    expect(await eventsUnder('scan/2')).toEqual(['annotation_accepted', 'annotation_posted']);
    expect(await eventsUnder('scan/1')).toEqual(['annotation_accepted', 'annotation_superseded']);
    expect(await eventsUnder('lost')).toEqual(['annotation_accepted', 'annotation_failed']);
    expect(await eventsUnder(`INTEGRATIONS_ANNOTATE:${seq}:`)).toEqual(['annotation_accepted', 'annotation_posted']);
  });

  it('are moved to the dead letters with the reason when they are invalid', async () => {
    app = await platform.startApp();
    const { operations } = await platform.written();
    const letters = platform.caller.subscribe('integrations.v1.dlq.>');
    await submit('status', { ...status, state: 'passed' });
    await submit('comment', '{"owner":');
    await submit('merge', status);
    await submit('status', status, 'nobody');

    const seen: Record<string, string> = {};
    for await (const letter of letters) {
      const name = letter.headers!.get('dead-letter-subject').split('.').slice(3).join('.');
      seen[`${name} ${letter.string().length}`] = letter.headers!.get('dead-letter-reason');
      if (Object.keys(seen).length === 4) break;
    }
    expect(Object.values(seen).sort()).toEqual([
      expect.stringMatching(/^invalid_request: state: must be one of/),
      expect.stringMatching(/^invalid_request: the body/),
      expect.stringMatching(/^invalid_request: the subject is not/),
      expect.stringMatching(/^not_found: integrationId/),
    ]);
    expect(await platform.written()).toMatchObject({ operations });
    // A subscriber receives a dead letter before the stream has stored it.
    await eventually('the letters in the stream', async () => (await inStream('INTEGRATIONS_DLQ')) === 4);
    await eventually('their count', async () => {
      const { body } = await app!.inject({ method: 'GET', url: '/metrics' });
      return ['invalid_request"} 3', 'not_found"} 1'].every((counted) =>
        body.includes(`integrations_dead_letter_total{reason="${counted}`),
      );
    });
  });
});

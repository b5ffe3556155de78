import { join } from 'node:path';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { startChild, stopChild } from '../../../scripts/stack/child.ts';
import { eventually } from '../../support/eventually';
import { temporaryDirectory } from '../../support/temporary';
import { type Connected, GuardedPlatform, passwordOf, type User } from './platform';

interface Reply {
  readonly success: boolean;
  readonly errorCode: string | null;
  readonly operationId: string;
}

/** Distinguishable from what the apps publish at the same time. */
const FORGED = '{"forged":true}';
const COMMENT = { owner: 'octo', repository: 'demo', pullRequestNumber: 7, body: 'hello' };

describe('the users of docker/nats.conf', () => {
  let platform: GuardedPlatform;
  let operator: Connected;
  let scanner: Connected;
  let scheduler: Connected;
  let signals: Connected;
  let id: string;

  beforeAll(async () => {
    platform = await GuardedPlatform.start();
    operator = await platform.connectAs('operator');
    scanner = await platform.connectAs('scanner');
    scheduler = await platform.connectAs('scheduler');
    signals = await platform.connectAs('signals');
    const registration = { name: 'demo', type: 'scm', provider: 'in_memory' };
    const { status, body } = await platform.rest<{ id: string }>('POST', 'integrations', registration);
    expect(status).toBe(201);
    ({ id } = body);
  });
  afterAll(() => platform.stop());

  const tenant = (value = 'acme') => {
    const headers = natsHeaders();
    headers.set('tenant', value);
    return headers;
  };
  const ask = async (nats: NatsConnection, subject: string, body: object): Promise<Reply> =>
    (await nats.request(subject, JSON.stringify(body), { timeout: 60_000, headers: tenant() })).json<Reply>();

  /** The events that a durable consumer of that user receives, up to one with the name `last`. */
  async function eventsUntil(user: Connected, durable: string, last: string): Promise<string[]> {
    const manager = await jetstreamManager(user.nats);
    await manager.consumers.add('INTEGRATIONS_EVT', {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      filter_subject: 'integrations.v1.evt.>',
    });
    const consumer = await jetstream(user.nats).consumers.get('INTEGRATIONS_EVT', durable);
    const names: string[] = [];
    await eventually(`the event ${last}`, async () => {
      const message = await consumer.next({ expires: 2_000 });
      if (message && (await message.ackAck())) names.push(message.subject.split('.').at(-1)!);
      return names.includes(last) || null;
    });
    return names;
  }

  it("let the apps and the platform's services do all their work", async () => {
    // REST → catalog-api → NATS → health-worker
    const test = await platform.rest<{ status: string }>('POST', `integrations/${id}/test`);
    expect(test).toMatchObject({ status: 200, body: { status: 'healthy' } });
    // Scanner, by request and by durable submission
    expect(await ask(scanner.nats, 'integrations.v1.rpc.scm.comment', COMMENT)).toMatchObject({ success: true });
    const durably = JSON.stringify({ ...COMMENT, pullRequestNumber: 8 });
    await jetstream(scanner.nats).publish('integrations.v1.annotate.acme.comment', durably);
    await eventually('both comments in the ledger', async () => {
      const { body } = await platform.rest<{ items: { state: string }[] }>('GET', 'annotations');
      return body.items.filter(({ state }) => state === 'succeeded').length === 2 || null;
    });
    // The catalog, for every user
    for (const { nats } of [scanner, scheduler, signals]) {
      const got = await ask(nats, 'integrations.v1.rpc.catalog.get', { integrationId: id });
      expect(got).toMatchObject({ success: true });
    }
    // Vendor data: refused only because this integration is of another type
    for (const [{ nats }, subject] of [
      [scanner, 'registry.repositories'],
      [scanner, 'runtime.workloads'],
      [scheduler, 'ci.pipelines'],
      [signals, 'runtime.workloads'],
    ] as const) {
      const got = await ask(nats, `integrations.v1.rpc.${subject}`, { integrationId: id });
      expect(got).toMatchObject({ errorCode: 'unsupported_operation' });
    }
    // Events and snapshots
    expect(await eventsUntil(scanner, 'scanner', 'annotation_posted')).toContain('registered');
    for (const { nats } of [scheduler, signals]) {
      const bucket = await new Kvm(nats).open('INTEGRATIONS_STATE');
      await eventually('the snapshot', async () => {
        for await (const entry of await bucket.history()) if (entry.key.includes(id)) return bucket.get(entry.key);
        return null;
      });
    }
    expect([scanner, scheduler, signals].flatMap(({ refused }) => refused)).toEqual([]);
    // No app was refused anything either, even if it could go on without it.
    expect(platform.nats.log()).not.toContain('Violation');
  });

  it.each(['scheduler', 'signals'] as const)('let the example consumer %s do its work', async (user) => {
    const file = join(temporaryDirectory(), 'state.sqlite');
    const args = [`docs/examples/${user}-consumer.mjs`, platform.nats.url, file];
    const env = { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, NATS_PASSWORD: passwordOf(user) };
    const example = startChild(process.execPath, args, { env });
    let output = '';
    for (const stream of [example.stdout, example.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
    try {
      await eventually('the example to be ready', () => {
        if (example.exitCode !== null) throw new Error(output);
        return output.includes('ready') || null;
      });
      const manager = await jetstreamManager(operator.nats);
      await eventually('all events to be acknowledged', async () => {
        const { num_pending: waiting, ack_floor: done } = await manager.consumers.info('INTEGRATIONS_EVT', user);
        return (waiting === 0 && done.stream_seq > 0) || null;
      });
      expect(platform.nats.log()).not.toContain('Violation');
    } finally {
      await stopChild(example, 'SIGTERM', 2_000);
    }
  });

  it("let the operator discover the apps, and let a tenant's publisher submit requests for that tenant", async () => {
    const found = await eventually('three answers', async () => {
      const names: string[] = [];
      for await (const message of await operator.nats.requestMany('$SRV.PING', '', { maxWait: 500 })) {
        names.push(message.json<{ name: string }>().name);
      }
      return names.length >= 3 && names.sort();
    });
    expect(found).toEqual(['annotation-dispatcher', 'catalog-api', 'health-worker']);

    const { nats, refused } = await platform.connectAs('tenant-acme');
    const request = JSON.stringify({ ...COMMENT, pullRequestNumber: 9 });
    // Another tenant in a header changes nothing, even with a request for acknowledgement: the subject counts.
    await jetstream(nats).publish('integrations.v1.annotate.acme.comment', request, { headers: tenant('rival') });
    await eventually('its comment', async () => {
      const { body } = await platform.rest<{ items: { prNumber: number }[] }>('GET', 'annotations');
      return body.items.some(({ prNumber }) => prNumber === 9) || null;
    });
    expect(refused).toEqual([]);
  });

  it('let an agent report and the health-worker receive the report', async () => {
    const registration = { name: 'web-1', type: 'runtime_host', provider: 'agent', config: { agentId: 'web-1' } };
    const { body } = await platform.rest<{ id: string }>('POST', 'integrations', registration);
    const { nats, refused } = await platform.connectAs('agent-acme-web-1');
    const said = { agent: { version: '1.4.2' }, host: { name: 'web-1', os: 'linux', arch: 'amd64' } };
    const beat = { sentAt: new Date().toISOString(), intervalSeconds: 30, ...said };
    nats.publish('integrations.v1.agent.acme.web-1.heartbeat', JSON.stringify(beat));
    await eventually('its beat', async () => {
      const test = await platform.rest<{ status: string }>('POST', `integrations/${body.id}/test`);
      return test.body.status === 'healthy' || null;
    });
    expect(refused).toEqual([]);
  });

  it('are the only ones that can connect, each with its own password', async () => {
    const servers = platform.nats.url;
    await expect(connect({ servers })).rejects.toThrow(/Authorization Violation/i);
    await expect(connect({ servers, user: 'operator', pass: 'wrong' })).rejects.toThrow(/Authorization Violation/i);
    const ofAnother = { user: 'operator', pass: passwordOf('signals') };
    await expect(connect({ servers, ...ofAnother })).rejects.toThrow(/Authorization Violation/i);
  });

  const EVENT = 'integrations.v1.evt.acme.scm.01920000-0000-7000-8000-000000000001.deleted';
  it.each<[User, string, string]>([
    ['scheduler', 'an event', EVENT],
    ['scheduler', 'an annotation', 'integrations.v1.rpc.scm.comment'],
    ['scheduler', 'a durable annotation', 'integrations.v1.annotate.acme.comment'],
    ['scheduler', 'a snapshot', '$KV.INTEGRATIONS_STATE.acme.x'],
    ['scheduler', "a pull from another user's consumer", '$JS.API.CONSUMER.MSG.NEXT.INTEGRATIONS_EVT.signals'],
    ['scheduler', 'an acknowledgement for another user', '$JS.ACK.INTEGRATIONS_EVT.signals.1.1.1.1.0'],
    ['scheduler', "a consumer under another user's name", '$JS.API.CONSUMER.CREATE.INTEGRATIONS_EVT.signals'],
    ['scheduler', 'for the requests of everybody', '$JS.API.CONSUMER.CREATE.INTEGRATIONS_ANNOTATE.scheduler'],
    ['scheduler', 'the deletion of a consumer', '$JS.API.CONSUMER.DELETE.INTEGRATIONS_EVT.signals'],
    ['scheduler', "to another user's inbox", '_INBOX.scanner.x'],
    ['signals', 'an event', EVENT],
    ['signals', 'an annotation', 'integrations.v1.rpc.scm.check_run'],
    ['signals', 'a test', 'integrations.v1.rpc.probe.test'],
    ['scanner', 'an event', EVENT],
    ['scanner', 'a test', 'integrations.v1.rpc.probe.test'],
    ['scanner', 'a dead letter', 'integrations.v1.dlq.annotation-dispatcher'],
    ['scanner', 'for a secret', 'authority.v1.rpc.secret.resolve'],
    ['scanner', 'the end of a stream', '$JS.API.STREAM.DELETE.INTEGRATIONS_EVT'],
    ['scanner', 'a purge', '$JS.API.STREAM.PURGE.INTEGRATIONS_ANNOTATE'],
    ['scanner', 'a new stream over all subjects', '$JS.API.STREAM.CREATE.MINE'],
    ['tenant-acme', 'a request for another tenant', 'integrations.v1.annotate.rival.comment'],
    ['tenant-acme', 'a request with a tenant header', 'integrations.v1.rpc.scm.comment'],
    ['tenant-acme', 'a request to the catalog', 'integrations.v1.rpc.catalog.list'],
    ['agent-acme-web-1', 'a heartbeat of another agent', 'integrations.v1.agent.acme.web-2.heartbeat'],
    ['agent-acme-web-1', 'a heartbeat for another tenant', 'integrations.v1.agent.rival.web-1.heartbeat'],
    ['agent-acme-web-1', 'a request', 'integrations.v1.rpc.catalog.list'],
    ['tenant-acme', 'as an agent', 'integrations.v1.agent.acme.web-1.heartbeat'],
    ['health-worker', 'as an agent', 'integrations.v1.agent.acme.web-1.heartbeat'],
    ['annotation-dispatcher', 'a request to the catalog', 'integrations.v1.rpc.catalog.list'],
    ['annotation-dispatcher', 'an annotation request', 'integrations.v1.annotate.acme.comment'],
    ['annotation-dispatcher', 'the end of a stream', '$JS.API.STREAM.DELETE.INTEGRATIONS_ANNOTATE'],
    ['catalog-api', 'for a secret', 'authority.v1.rpc.secret.resolve'],
    ['catalog-api', 'an annotation', 'integrations.v1.rpc.scm.comment'],
    ['catalog-api', 'the end of a stream', '$JS.API.STREAM.DELETE.INTEGRATIONS_EVT'],
    ['catalog-api', 'the deletion of an event', '$JS.API.STREAM.MSG.DELETE.INTEGRATIONS_EVT'],
    ['health-worker', 'an annotation', 'integrations.v1.rpc.scm.comment'],
    ['health-worker', 'a purge', '$JS.API.STREAM.PURGE.INTEGRATIONS_EVT'],
    [
      'health-worker',
      'for the requests of everybody',
      '$JS.API.CONSUMER.MSG.NEXT.INTEGRATIONS_ANNOTATE.annotation-dispatcher',
    ],
  ])('stop %s from publishing %s', async (user, _what, subject) => {
    const seen: string[] = [];
    const watching = operator.nats.subscribe(subject, {
      callback: (_, message) => void (message.string() === FORGED && seen.push(message.subject)),
    });
    await operator.nats.flush();
    const { nats, refused } = await platform.connectAs(user);
    nats.publish(subject, FORGED, { headers: tenant() });
    await nats.flush();
    await eventually('the refusal', () => refused.length > 0);
    await operator.nats.flush();
    expect(refused).toEqual([`publish ${subject}`]);
    expect(seen).toEqual([]);
    watching.unsubscribe();
    await nats.close();
  });

  it.each<[User, string, string]>([
    ['signals', "another user's inbox", '_INBOX.scanner.>'],
    ['signals', 'every inbox', '_INBOX.>'],
    ['signals', 'everything', '>'],
    ['scheduler', 'requests that it does not serve', 'integrations.v1.rpc.scm.comment'],
    ['scheduler', 'requests for secrets', 'authority.v1.rpc.>'],
    ['scanner', "the traffic of other users' consumers", '$JS.API.>'],
    ['scanner', 'durable requests of every tenant', 'integrations.v1.annotate.>'],
    ['tenant-acme', 'the events of every tenant', 'integrations.v1.evt.>'],
    ['agent-acme-web-1', 'the heartbeats of others', 'integrations.v1.agent.>'],
    ['annotation-dispatcher', "another app's inbox", '_INBOX.catalog-api.>'],
    ['annotation-dispatcher', 'requests to the catalog', 'integrations.v1.rpc.catalog.get'],
    ['catalog-api', 'requests for annotations', 'integrations.v1.rpc.scm.*'],
    ['health-worker', 'requests for annotations', 'integrations.v1.rpc.scm.comment'],
  ])('stop %s from subscribing to %s', async (user, _what, subject) => {
    const { nats, refused } = await platform.connectAs(user);
    const seen: string[] = [];
    nats.subscribe(subject, { callback: (error, message) => void (error ?? seen.push(message.subject)) });
    await nats.flush();
    await eventually('the refusal', () => refused.length > 0);
    expect(refused).toEqual([`subscription ${subject}`]);
    await ask(scanner.nats, 'integrations.v1.rpc.catalog.get', { integrationId: id });
    await nats.flush();
    expect(seen).toEqual([]);
    await nats.close();
  });

  describe('cannot borrow the rights', () => {
    const ledger = async () => (await platform.rest<{ items: unknown[] }>('GET', 'annotations')).body.items;

    it('of an app: it replies only to inboxes', async () => {
      const forged = `integrations.v1.evt.acme.scm.${id}.deleted`;
      const seen: string[] = [];
      operator.nats.subscribe(forged, { callback: (_, message) => void seen.push(message.string()) });
      await operator.nats.flush();
      for (const subject of ['integrations.v1.rpc.catalog.get', 'integrations.v1.rpc.scm.operation']) {
        scanner.nats.publish(subject, JSON.stringify({ integrationId: id }), { reply: forged });
      }
      operator.nats.publish('$SRV.PING', '', { reply: forged });
      // This request is answered after the earlier ones.
      await ask(scanner.nats, 'integrations.v1.rpc.catalog.get', { integrationId: id });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(seen).toEqual([]);
    });

    // JetStream sends acknowledgements to any named reply subject, and its own API treats them as requests.
    it.each<[User, string, object]>([
      ['tenant-acme', 'integrations.v1.annotate.acme.comment', COMMENT],
      ['agent-acme-web-1', 'integrations.v1.agent.acme.web-1.heartbeat', {}],
    ])("of JetStream: what it acknowledges to %s stays with the user's tenant", async (user, subject, body) => {
      const manager = await jetstreamManager(operator.nats);
      const removed = async () => {
        const { state } = await manager.streams.info('INTEGRATIONS_EVT');
        return { first: state.first_seq, inBetween: state.num_deleted ?? 0 };
      };
      const before = await removed();
      const named = [
        `integrations.v1.evt.rival.scm.${id}.deleted`,
        'integrations.v1.annotate.rival.comment',
        'integrations.v1.agent.rival.web-1.heartbeat',
        '$KV.INTEGRATIONS_STATE.rival.x',
        '$JS.API.STREAM.MSG.DELETE.INTEGRATIONS_EVT',
        '$JS.API.STREAM.PURGE.INTEGRATIONS_EVT',
      ];
      const seen: string[] = [];
      const callback = (_: unknown, message: { readonly subject: string }) => void seen.push(message.subject);
      const watching = named.map((reply) => operator.nats.subscribe(reply, { callback }));
      await operator.nats.flush();

      const { nats, refused } = await platform.connectAs(user);
      for (const reply of named) nats.publish(subject, JSON.stringify(body), { reply });
      await nats.flush();
      await new Promise((resolve) => setTimeout(resolve, 500));
      watching.forEach((one) => one.unsubscribe());
      expect(seen).toEqual([]);
      expect(await removed()).toEqual(before);
      expect(refused).toEqual([]);
    });

    // JetStream delivers to any reply subject that a request for messages names. What arrives there is a genuine event, not
    // a request.
    it('of JetStream: an event that is sent on to the apps is no request', async () => {
      const posted = await ledger();
      const manager = await jetstreamManager(operator.nats);
      await manager.consumers.delete('INTEGRATIONS_EVT', 'scheduler');
      const config = { durable_name: 'scheduler', ack_policy: AckPolicy.Explicit };
      await (await jetstreamManager(scheduler.nats)).consumers.add('INTEGRATIONS_EVT', config);
      for (const reply of ['integrations.v1.annotate.acme.comment', 'integrations.v1.rpc.scm.comment']) {
        scheduler.nats.publish('$JS.API.CONSUMER.MSG.NEXT.INTEGRATIONS_EVT.scheduler', '', { reply });
      }
      await eventually('both deliveries', async () => {
        const { delivered } = await manager.consumers.info('INTEGRATIONS_EVT', 'scheduler');
        return delivered.consumer_seq === 2 || null;
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await ledger()).toEqual(posted);
    });
  });
});

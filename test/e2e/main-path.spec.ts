import { randomUUID } from 'node:crypto';
import { validate as isUuid } from 'uuid';
import { type AppProcess, startApp } from '../support/app-process';
import { eventually } from '../support/eventually';
import { type FakeGitHub, generateAppKey, startFakeGitHub } from '../support/fake-github/index.ts';
import { createDatabase } from '../support/postgres';
import { Platform, type ReceivedEvent } from './platform';

const OWNER = 'acme';
const REPOSITORY = 'webshop';
const SHA = 'a'.repeat(40);
const RPC = 'integrations.v1.rpc.scm';

const key = generateAppKey();
let github: FakeGitHub;
let platform: Platform;
let api: AppProcess;
let worker: AppProcess;
let dispatcher: AppProcess;
let integrationId: string;

beforeAll(async () => {
  github = await startFakeGitHub({
    appId: 4711,
    publicKey: key.publicKey,
    installations: [
      {
        id: 99,
        account: OWNER,
        repositories: [{ name: REPOSITORY, pulls: [{ number: 7, headSha: SHA }] }],
      },
    ],
  });
  platform = await Platform.start(await createDatabase());
  [api, worker, dispatcher] = await Promise.all([
    startApp('catalog-api', platform.env),
    startApp('health-worker', platform.env),
    startApp('annotation-dispatcher', platform.env),
  ]);
});

afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop(), dispatcher?.stop()]);
  await platform?.stop();
  await github?.stop();
});

describe('the main job, with real processes', () => {
  it('registers a GitHub App over REST, and publishes the result of its first probe on JetStream', async () => {
    const authRef = platform.storeSecret('github/app.pem', key.privateKey);
    const created = await platform.rest(api.url, 'POST', '/integrations', {
      name: 'GitHub acme',
      type: 'scm',
      provider: 'github_app',
      endpoint: github.url,
      authRef,
      config: { appId: 4711, installationId: 99 },
    });
    expect(created).toMatchObject({ status: 201, body: { health: { status: 'unknown' }, generation: 1 } });
    integrationId = created.body.id;

    const healthy = await eventually('a health_changed event', () => eventOf('health_changed'));
    expect(healthy.body).toMatchObject({ integrationId, from: 'unknown', to: 'healthy', reasonCode: 'ok' });
    expect(healthy.headers).toMatchObject({
      'ce-type': 'org.stella-ops.integrations.health_changed.v1',
      'ce-source': `/tenants/default/integrations/${integrationId}`,
    });
    const shown = await platform.rest(api.url, 'GET', `/integrations/${integrationId}`);
    expect(shown.body.health).toMatchObject({ status: 'healthy', code: 'ok', stale: false });
  });

  it('posts a comment, a status and a check run for a Scanner that is a plain NATS client', async () => {
    const target = { owner: OWNER, repository: REPOSITORY };
    const annotation = { path: 'a.ts', startLine: 3, endLine: 4, annotationLevel: 'warning', message: 'weak hash' };
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const replies = await platform.scanner([
      {
        traceparent,
        subject: `${RPC}.comment`,
        request: { ...target, pullRequestNumber: 7, body: '**2 findings**', upsertKey: 'scan' },
      },
      { subject: `${RPC}.status`, request: { ...target, commitSha: SHA, state: 'failure', context: 'stella/scan' } },
      {
        subject: `${RPC}.check_run`,
        request: { ...target, headSha: SHA, name: 'scan', conclusion: 'failure', annotations: [annotation] },
      },
    ]);

    for (const reply of replies) {
      expect(reply).toMatchObject({
        success: true,
        errorCode: null,
        errorMessage: null,
        isTransient: false,
        skippedOffline: false,
        details: [],
        result: { outcome: 'created' },
      });
      expect(isUuid(reply.operationId)).toBe(true);
      const ledger = await platform.rest(api.url, 'GET', `/annotations/${reply.operationId}`);
      expect(ledger.body).toMatchObject({ state: 'succeeded', integrationId, outcome: reply, attempts: 1 });
      const posted = await eventually('the outcome event', () => eventOf('annotation_posted', reply.operationId));
      expect(posted.body).toMatchObject({ integrationId, url: reply.result.url, attempts: 1 });
    }
    const [traced, untraced] = await Promise.all(
      replies.slice(0, 2).map(({ operationId }) => eventOf('annotation_posted', operationId)),
    );
    expect(traced?.headers).toMatchObject({ 'ce-traceparent': traceparent });
    expect(untraced?.headers).not.toHaveProperty('ce-traceparent');
    const lines = dispatcher
      .log()
      .split('\n')
      .filter((line) => line.includes(traceId));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'annotation posted', traceId }]);
    expect(github.comments(OWNER, REPOSITORY, 7)).toHaveLength(1);
    expect(github.statuses(OWNER, REPOSITORY, SHA)).toMatchObject([{ state: 'failure', context: 'stella/scan' }]);
    expect(github.checkRuns(OWNER, REPOSITORY, SHA)).toMatchObject([{ name: 'scan', conclusion: 'failure' }]);
    expect(github.violations).toEqual([]);
  });

  it('numbers the events of the integration without gaps', async () => {
    const ours = (await platform.events()).filter(({ body }) => body.integrationId === integrationId);
    expect(ours.map(({ body }) => body.sequence)).toEqual(ours.map((_, index) => index + 1));
    expect(ours.map(({ headers }) => Number(headers['ce-sequence']))).toEqual(ours.map((_, index) => index + 1));
  });

  it('posts exactly once when the dispatcher is killed between accepting and posting', async () => {
    github.inject({
      when: ({ method, path }) => method === 'POST' && path.endsWith('/comments'),
      processed: true,
      reply: 'hang',
    });
    const before = github.comments(OWNER, REPOSITORY, 7).length;
    const [accepted] = await platform.scanner([
      {
        subject: `${RPC}.comment`,
        request: {
          owner: OWNER,
          repository: REPOSITORY,
          pullRequestNumber: 7,
          body: 'survives',
          upsertKey: `kill-${randomUUID()}`,
          wait: 'accepted',
        },
      },
    ]);
    expect(accepted).toMatchObject({ success: true, result: { state: 'queued' } });
    await eventually('the write at the vendor', () => github.comments(OWNER, REPOSITORY, 7).length > before || null);
    await dispatcher.kill();
    dispatcher = await startApp('annotation-dispatcher', platform.env);

    const ledger = await eventually('the operation to be finished', async () => {
      const { body } = await platform.rest(api.url, 'GET', `/annotations/${accepted.operationId}`);
      return body.state === 'succeeded' ? body : null;
    });
    expect(ledger.attempts).toBe(2);
    const comments = github.comments(OWNER, REPOSITORY, 7).filter(({ body }) => body.includes('survives'));
    expect(comments).toHaveLength(1);
  });

  it("exports the state of PostgreSQL and NATS from every app, and the health-worker's gauges from that app only", async () => {
    const gauges = async ({ url }: AppProcess) => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return [...metrics.matchAll(/^(integrations_\w+) (.+)$/gm)].map(([, name, value]) => [name, Number(value)]);
    };
    const up = { integrations_database_up: 1, integrations_nats_up: 1 };
    expect(Object.fromEntries(await gauges(api))).toEqual(up);
    expect(Object.fromEntries(await gauges(dispatcher))).toEqual(up);
    expect(Object.fromEntries(await gauges(worker))).toEqual({
      ...up,
      integrations_probe_oldest_due_seconds: expect.any(Number),
      integrations_database_oldest_transaction_seconds: expect.any(Number),
      integrations_outbox_oldest_seconds: expect.any(Number),
      integrations_annotation_oldest_due_seconds: expect.any(Number),
      integrations_submission_oldest_seconds: expect.any(Number),
    });
  });

  it('never logs the private key or an installation token', () => {
    const logs = api.log() + worker.log() + dispatcher.log();
    expect(logs).not.toContain('PRIVATE KEY');
    expect(logs).not.toMatch(/ghs_\w+/);
  });

  it('shuts down within ten seconds', async () => {
    const started = Date.now();
    expect(await Promise.all([api.stop(), worker.stop(), dispatcher.stop()])).toEqual([0, 0, 0]);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});

async function eventOf(name: string, operationId?: string): Promise<ReceivedEvent | undefined> {
  return (await platform.events()).find(
    ({ subject, body }) =>
      subject.endsWith(`.${name}`) && (operationId === undefined || body.operationId === operationId),
  );
}

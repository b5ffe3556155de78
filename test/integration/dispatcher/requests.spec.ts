import { closeService } from '@integrations/bootstrap';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { eventually } from '../../support/eventually';
import { DispatcherPlatform, type Reply } from './platform';

const SHA = 'b'.repeat(40);
const COMMENT = 'integrations.v1.rpc.scm.comment';
const STATUS = 'integrations.v1.rpc.scm.status';
const CHECK_RUN = 'integrations.v1.rpc.scm.check_run';
const OPERATION = 'integrations.v1.rpc.scm.operation';

const place = { owner: 'octo', repository: 'demo' };
const comment = { ...place, pullRequestNumber: 7, body: 'Two findings.' };
const status = { ...place, commitSha: SHA, state: 'success', context: 'scan' };
const annotation = { path: 'src/a.ts', startLine: 3, endLine: 4, annotationLevel: 'warning', message: 'Look.' };
const checkRun = { ...place, headSha: SHA, name: 'scan', conclusion: 'neutral', annotations: [annotation] };

let platform: DispatcherPlatform;
let app: NestFastifyApplication;
/** The tenant's only enabled SCM integration. */
let main: string;

beforeAll(async () => {
  platform = await DispatcherPlatform.start();
  main = (await platform.integrate({ name: 'main' })).id;
  app = await platform.startApp();
});
afterAll(async () => {
  await app?.close();
  await platform?.stop();
});

describe('a request in plain JSON', () => {
  it.each<[string, string, object, object, object]>([
    ['comment', COMMENT, comment, { outcome: 'created', commentId: expect.any(String) }, { prNumber: 7 }],
    ['status', STATUS, status, { outcome: 'created', state: 'success', context: 'scan' }, { commitSha: SHA }],
    ['check_run', CHECK_RUN, checkRun, { outcome: 'created', annotationsPosted: 1 }, { commitSha: SHA }],
  ])(
    'is posted, with the same outcome in reply, ledger and event: %s',
    async (operation, subject, request, result, target) => {
      const reply = await platform.ask(subject, request);
      expect(reply).toEqual({
        success: true,
        result: expect.objectContaining(result),
        errorMessage: null,
        isTransient: false,
        skippedOffline: false,
        errorCode: null,
        retryAfterMs: null,
        operationId: expect.any(String),
        details: [],
      });

      const shown = await platform.ask(OPERATION, { operationId: reply.operationId });
      expect(shown.result).toMatchObject({
        operation,
        state: 'succeeded',
        integrationId: main,
        attempts: 1,
        ...target,
      });
      expect(shown.result?.outcome).toEqual(reply);

      const posted = await eventually('the event', () =>
        platform.events.find(({ subject, body }) => /annotation_posted$/.test(subject) && isOf(body, reply)),
      );
      expect(posted.subject).toBe(`integrations.v1.evt.acme.scm.${main}.annotation_posted`);
      expect(posted.body).toMatchObject({ ...place, operation, ...target, url: reply.result?.url, attempts: 1 });
    },
  );

  it('is counted by provider, operation and status', async () => {
    await platform.ask(COMMENT, comment);
    const { body } = await app.inject({ method: 'GET', url: '/metrics' });
    expect(body).toMatch(/^scm_annotation_total\{[^}]*provider="in_memory",operation="comment",status="succeeded"/m);
    expect(body).toMatch(/^scm_annotation_duration_seconds_count\{[^}]*provider="in_memory",operation="comment"/m);
  });

  it('updates a comment, and writes nothing when it is up to date', async () => {
    const first = await platform.ask(COMMENT, { ...comment, pullRequestNumber: 8 });
    const same = await platform.ask(COMMENT, { ...comment, pullRequestNumber: 8 });
    const changed = await platform.ask(COMMENT, { ...comment, pullRequestNumber: 8, body: 'None.' });
    expect([first, same, changed].map(({ result }) => result?.outcome)).toEqual(['created', 'unchanged', 'updated']);
    expect(new Set([first, same, changed].map(({ result }) => result?.commentId)).size).toBe(1);
  });

  it('is answered once it is durable if the caller does not wait', async () => {
    const reply = await platform.ask(COMMENT, { ...comment, wait: 'accepted' });
    expect(reply).toMatchObject({ success: true, result: { operationId: reply.operationId, state: 'queued' } });
    const shown = await eventually('the end', async () => {
      const answer = await platform.ask(OPERATION, { operationId: reply.operationId });
      return answer.result?.state === 'succeeded' ? answer.result : null;
    });
    expect(shown.finishedAt).toEqual(expect.any(String));
  });

  it('may be repeated with its idempotency key in the body or in the headers', async () => {
    const first = await platform.ask(COMMENT, { ...comment, updateExisting: false }, { 'idempotency-key': 'once' });
    const again = { ...comment, updateExisting: false, idempotencyKey: 'once' };
    expect(await platform.ask(COMMENT, again)).toEqual(first);
    const other = await platform.ask(COMMENT, { ...again, body: 'other' });
    expect(other).toMatchObject({ success: false, errorCode: 'conflict', details: [{ field: 'idempotencyKey' }] });
  });

  it('is answered by its deadline even if the operation takes longer', async () => {
    const slow = await platform.integrate({ tenantId: 'slow', config: { latencyMs: 400 } });
    const reply = await platform.ask(COMMENT, comment, { tenant: 'slow', 'deadline-ms': '150' });
    expect(reply).toMatchObject({ success: false, errorCode: 'deadline_exceeded', isTransient: true });
    await eventually('the end', async () => {
      const { result } = await platform.ask(OPERATION, { operationId: reply.operationId }, { tenant: 'slow' });
      return result?.state === 'succeeded' && result.integrationId === slow.id ? true : null;
    });
  });
});

describe('a request that does not name its integration', () => {
  it('is refused with the candidates when several could be meant', async () => {
    const one = await platform.integrate({ tenantId: 'two', name: 'one' });
    const two = await platform.integrate({ tenantId: 'two', name: 'two' });
    const before = await platform.written();
    const reply = await platform.ask(COMMENT, comment, { tenant: 'two' });
    expect(reply).toMatchObject({ success: false, errorCode: 'ambiguous_integration' });
    expect(reply.details.map(({ message }) => message)).toEqual([
      `${one.id} (one, in_memory)`,
      `${two.id} (two, in_memory)`,
    ]);
    expect(await platform.written()).toEqual(before);
    const named = await platform.ask(COMMENT, { ...comment, integrationId: two.id }, { tenant: 'two' });
    expect(named.success).toBe(true);
  });
});

describe('an invalid request', () => {
  it.each<[string, string, object | string, string]>([
    ['an unknown field', COMMENT, { ...comment, prNumber: 7 }, 'prNumber'],
    ['a wrong type', COMMENT, { ...comment, pullRequestNumber: '7' }, 'pullRequestNumber'],
    ['a missing field', COMMENT, { ...place, pullRequestNumber: 7 }, 'body'],
    ['an empty text', COMMENT, { ...comment, body: '' }, 'body'],
    ['a NUL character', COMMENT, { ...comment, body: 'a\u0000b' }, 'body'],
    ['a lone surrogate', COMMENT, '{"owner":"octo","repository":"demo","body":"\\ud800"}', 'body'],
    ['a path out of the repository', COMMENT, { ...comment, repository: '..' }, 'repository'],
    ['an invalid id', COMMENT, { ...comment, integrationId: 'main' }, 'integrationId'],
    ['a short sha', STATUS, { ...status, commitSha: 'abc1234' }, 'commitSha'],
    ['an unknown state', STATUS, { ...status, state: 'passed' }, 'state'],
    ['line 0', CHECK_RUN, { ...checkRun, annotations: [{ ...annotation, startLine: 0 }] }, 'annotations[0].startLine'],
    [
      'an end before the start',
      CHECK_RUN,
      { ...checkRun, annotations: [annotation, { ...annotation, endLine: 2 }] },
      'annotations[1].endLine',
    ],
    ['malformed JSON', COMMENT, '{"owner": ', ''],
    ['an empty body', COMMENT, '', ''],
    ['an array', COMMENT, '[]', ''],
    ['an invalid operation id', OPERATION, { operationId: '7' }, 'operationId'],
  ])('with %s is refused with the name of the field, and nothing is written', async (_, subject, body, field) => {
    const before = await platform.written();
    const reply = await platform.ask(subject, body);
    expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request', isTransient: false, result: null });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
    expect(await platform.written()).toEqual(before);
  });

  it('with an invalid tenant header is refused', async () => {
    const reply = await platform.ask(COMMENT, comment, { tenant: 'Acme Inc.' });
    expect(reply).toMatchObject({ errorCode: 'invalid_request', details: [{ field: 'headers.tenant' }] });
  });

  it.each<[string, () => Promise<{ integrationId?: string; tenant?: string }>, string]>([
    ['an unknown integration id', async () => ({ integrationId: '01920000-0000-7000-8000-00000000ffff' }), 'not_found'],
    ["another tenant's id", async () => ({ integrationId: main, tenant: 'mallory' }), 'not_found'],
    ['a tenant without integrations', async () => ({ tenant: 'nobody' }), 'not_found'],
    ['a disabled integration', async () => ({ integrationId: await disabled() }), 'integration_disabled'],
    ['an integration of another type', async () => ({ integrationId: await registry() }), 'unsupported_operation'],
    ['an unknown provider', async () => ({ integrationId: await unknown() }), 'unsupported_operation'],
  ])('with %s is refused naming integrationId, and nothing is written', async (_, prepare, errorCode) => {
    const { integrationId, tenant } = await prepare();
    const before = await platform.written();
    const body = integrationId ? { ...comment, integrationId } : comment;
    const reply = await platform.ask(COMMENT, body, tenant ? { tenant } : {});
    expect(reply).toMatchObject({ success: false, errorCode, details: [{ field: 'integrationId' }] });
    expect(await platform.written()).toEqual(before);
  });

  it("for another tenant's operation finds nothing", async () => {
    const { operationId } = await platform.ask(COMMENT, comment);
    const reply = await platform.ask(OPERATION, { operationId }, { tenant: 'mallory' });
    expect(reply).toMatchObject({ errorCode: 'not_found', details: [{ field: 'operationId' }] });
  });

  it('does not stop the process from answering', async () => {
    expect((await platform.ask(STATUS, status)).success).toBe(true);
  });
});

describe('while posting is offline', () => {
  it('requests are parked, and the reply says so', async () => {
    await app.close();
    app = await platform.startApp({ OFFLINE: 'true' });
    const reply = await platform.ask(STATUS, { ...status, context: 'offline' });
    expect(reply).toMatchObject({ success: false, skippedOffline: true, errorCode: 'offline' });
    const shown = await platform.ask(OPERATION, { operationId: reply.operationId });
    expect(shown.result).toMatchObject({ state: 'parked_offline', outcome: reply });
    await eventually('the event', () =>
      platform.events.find(({ subject, body }) => /annotation_parked$/.test(subject) && isOf(body, reply)),
    );
  });
});

describe('a shutdown', () => {
  it('answers every caller: with the outcome if it comes soon, otherwise with an id to ask for later', async () => {
    await app.close();
    app = await platform.startApp({ SHUTDOWN_TIMEOUT_MS: '4000' });
    await platform.integrate({ tenantId: 'brisk', config: { latencyMs: 200 } });
    await platform.integrate({ tenantId: 'sluggish', config: { latencyMs: 60_000 } });
    const soon = platform.ask(COMMENT, comment, { tenant: 'brisk' });
    const late = platform.ask(COMMENT, comment, { tenant: 'sluggish' });
    await eventually('both to have begun', async () => {
      const sql = "SELECT 1 FROM annotation_operation WHERE tenant_id IN ('brisk', 'sluggish') AND attempts > 0";
      return (await platform.db.sql(sql)).length === 2 ? true : null;
    });

    const started = Date.now();
    await app.close();
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(await soon).toMatchObject({ success: true });
    const { operationId } = await late;
    expect(await late).toMatchObject({ errorCode: 'deadline_exceeded', operationId: expect.any(String) });

    await platform.db.sql(`UPDATE integration SET config = '{}' WHERE tenant_id = 'sluggish'`);
    await platform.db.sql('UPDATE annotation_lane SET lease_until = now()');
    app = await platform.startApp();
    await eventually('the next dispatcher to finish the rest', async () => {
      const { result } = await platform.ask(OPERATION, { operationId }, { tenant: 'sluggish' });
      return result?.state === 'succeeded' && result.attempts === 2 ? true : null;
    });
  });

  it('answers in time whatever holds it up, and accepts nothing more', async () => {
    await app.close();
    app = await platform.startApp({ SHUTDOWN_TIMEOUT_MS: '4000' });
    const holder = new Client({ connectionString: platform.db.url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE annotation_operation, annotation_lane');
    const stuck = platform.ask(COMMENT, comment);
    await eventually('the request and the engine to wait', async () => {
      const sql = `SELECT query LIKE '%annotation_accept(%' AS "isRequest" FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      const waiting = await platform.db.sql<{ isRequest: boolean }>(sql);
      return new Set(waiting.map(({ isRequest }) => isRequest)).size === 2 ? true : null;
    });

    const started = Date.now();
    const closed = closeService(app);
    const answer = await stuck;
    const late = await platform.ask(COMMENT, comment).catch((error: unknown) => error);
    const took = Date.now() - started;
    await holder.end();
    await closed;
    app = await platform.startApp();

    expect(answer).toMatchObject({ errorCode: 'provider_unavailable', isTransient: true });
    expect(answer.errorMessage).toBe('the service is shutting down; send the request again');
    expect(late).toMatchObject({ message: expect.stringContaining('no responders') });
    expect(took).toBeLessThan(4_000);
  });
});

function isOf(body: Record<string, unknown>, reply: Reply): boolean {
  return body.operationId === reply.operationId;
}

const disabled = async () => (await platform.integrate({ enabled: false })).id;
const registry = async () => (await platform.integrate({ type: 'registry' })).id;
const unknown = async () =>
  (await platform.integrate({ tenantId: 'acme', provider: 'cvs', enabled: true, type: 'ci' })).id;

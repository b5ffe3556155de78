import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Page, type ScmOperationView, ScmPublishRequest, validate } from '@integrations/contracts';
import { OperationRepository } from '@integrations/database';
import { eventually } from '../../support/eventually';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

interface Line {
  readonly operationId: string;
  readonly request: Record<string, unknown>;
  readonly markdown: string;
  readonly vendorRequests: readonly { readonly method: string; readonly url: string; readonly body: object }[];
  readonly curl: readonly string[];
  readonly problem: string | null;
}

interface Seed {
  readonly tenantId?: string;
  readonly integrationId?: string;
  readonly state?: string;
  readonly operation?: string;
  readonly owner?: string;
  readonly repository?: string;
  readonly prNumber?: number | null;
  readonly commitSha?: string | null;
  readonly request?: object;
  readonly acceptedAt?: string;
  readonly attempts?: number;
  readonly nextAttemptAt?: string;
}

const SHA = 'a'.repeat(40);
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

let catalog: TestCatalog;
let admin: TestClient;
let rival: TestClient;
let integrationId: string;

beforeAll(async () => {
  catalog = await startCatalog();
  admin = await catalog.client();
  rival = await catalog.client({ tenantId: 'rival' });
  ({ id: integrationId } = await register(admin));
});
afterEach(() => catalog.sql('TRUNCATE annotation_operation, annotation_lane'));
afterAll(() => catalog.close());

/** Inserts a ledger row as the dispatcher leaves it, with its lane if the operation is still open. */
async function seed(given: Seed = {}): Promise<string> {
  const { tenantId = 'acme', state = 'parked_offline', operation = 'comment', prNumber = 7, commitSha = null } = given;
  const { owner = 'octo', repository = 'demo', acceptedAt = '2026-01-01T00:00:00Z', attempts = 1 } = given;
  const integration = given.integrationId ?? integrationId;
  const lane = `${integration}:${owner}/${repository}${prNumber === null ? `@${commitSha}` : `#${prNumber}`}`;
  const target = { owner, repository, wait: 'completed' };
  const request = { ...target, pullRequestNumber: prNumber, body: 'hi', updateExisting: true, ...given.request };
  const open = state === 'queued' || state === 'running';
  const [row] = await catalog.sql<{ id: string }>(
    `INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation,
       lane, owner, repository, pr_number, commit_sha, request, request_hash, state, attempts, accepted_at,
       next_attempt_at, finished_at)
     VALUES ($1, $2, $3, 'scm', 'in_memory', 1, $4, $5, $6, $7, $8, $9, $10, 'h', $11, $12, $13, $14, $15) RETURNING id`,
    [
      randomUUID(),
      tenantId,
      integration,
      operation,
      lane,
      owner,
      repository,
      prNumber,
      commitSha,
      JSON.stringify(request),
      state,
      attempts,
      acceptedAt,
      given.nextAttemptAt ?? null,
      open ? null : acceptedAt,
    ],
  );
  if (open) {
    const running = state === 'running';
    await catalog.sql(
      `INSERT INTO annotation_lane (lane, tenant_id, due_at, lease_until, lease_token)
       VALUES ($1, $2, coalesce($3, now()), CASE WHEN $4 THEN now() + interval '1 minute' END,
               CASE WHEN $4 THEN gen_random_uuid() END) ON CONFLICT DO NOTHING`,
      [lane, tenantId, given.nextAttemptAt ?? null, running],
    );
  }
  return row!.id;
}

async function lines(client: TestClient, query = ''): Promise<Line[]> {
  const { status, headers, text } = await client.call('GET', `annotations/offline${query}`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/x-ndjson');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

const stateOf = async (id: string) =>
  (await catalog.sql<{ state: string }>('SELECT state FROM annotation_operation WHERE id = $1', [id]))[0]?.state;
const lanes = () =>
  catalog.sql<{ lane: string; due: boolean }>('SELECT lane, due_at <= now() AS due FROM annotation_lane');
const eventsOf = async (id: string) =>
  (await catalog.sql<{ event: string }>("SELECT event FROM outbox WHERE data->>'operationId' = $1", [id])).map(
    ({ event }) => event,
  );

describe('the ledger', () => {
  it('can be searched by each of its filters', async () => {
    const comment = await seed({ owner: 'Octo', repository: 'Demo', acceptedAt: '2026-01-01T00:00:00Z' });
    const status = await seed({
      operation: 'status',
      state: 'succeeded',
      prNumber: null,
      commitSha: SHA,
      repository: 'other',
      acceptedAt: '2026-01-02T00:00:00Z',
    });
    const elsewhere = await seed({ integrationId: randomUUID(), prNumber: 8, acceptedAt: '2026-01-03T00:00:00Z' });
    await seed({ tenantId: 'rival' });

    const found = async (query: string) => {
      const { body } = await admin.call<Page<ScmOperationView>>('GET', `annotations?${query}`);
      return body.items.map(({ operationId }) => operationId);
    };
    expect(await found('')).toEqual([elsewhere, status, comment]);
    expect(await found('state=succeeded')).toEqual([status]);
    expect(await found('operation=comment')).toEqual([elsewhere, comment]);
    expect(await found(`integrationId=${integrationId}`)).toEqual([status, comment]);
    expect(await found('owner=octo&repository=demo')).toEqual([elsewhere, comment]);
    expect(await found('prNumber=8')).toEqual([elsewhere]);
    expect(await found(`commitSha=${SHA}`)).toEqual([status]);
    expect(await found('since=2026-01-02T00:00:00Z')).toEqual([elsewhere, status]);
    expect(await found('until=2026-01-02T00:00:00Z')).toEqual([comment]);
    expect(await found('since=2026-01-01T00:00:00Z&until=2026-01-03T00:00:00Z&state=parked_offline')).toEqual([
      comment,
    ]);
  });

  it('keeps its pages while operations are accepted', async () => {
    const at = (n: number) => `2026-02-0${n}T00:00:00Z`;
    const ids = [];
    for (const n of [1, 2, 3, 4]) ids.unshift(await seed({ acceptedAt: at(n) }));
    const first = await admin.call<Page<ScmOperationView>>('GET', 'annotations?repository=demo&limit=2');
    await seed({ acceptedAt: at(5) });
    const rest = `annotations?repository=demo&limit=2&cursor=${first.body.nextCursor}`;
    const second = await admin.call<Page<ScmOperationView>>('GET', rest);
    const seen = [...first.body.items, ...second.body.items].map(({ operationId }) => operationId);
    expect({ seen, next: second.body.nextCursor }).toEqual({ seen: ids, next: null });
  });

  it.each([
    ['since=yesterday', 'since'],
    ['prNumber=0', 'prNumber'],
    ['commitSha=abc', 'commitSha'],
    ['cursor=abc', 'cursor'],
    ['branch=main', 'branch'],
  ])('refuses %s and names the parameter', async (query, field) => {
    expectProblem(await admin.call('GET', `annotations?${query}`), 400, 'invalid_request', field);
  });
});

describe('retrying an operation', () => {
  it('that has failed queues it again with all its attempts', async () => {
    const id = await seed({ state: 'failed', attempts: 5 });
    const { status, body } = await admin.call('POST', `annotations/${id}/retry`);
    expect({ status, body }).toMatchObject({ status: 202, body: { state: 'queued', attempts: 0, outcome: null } });
    expect(await lanes()).toEqual([{ lane: `${integrationId}:octo/demo#7`, due: true }]);
  });

  it('ends it as superseded when something newer has reached the vendor', async () => {
    const about = { operation: 'status', prNumber: null, commitSha: SHA } as const;
    const old = await seed({ ...about, state: 'failed', request: { context: 'scan', state: 'pending' } });
    const other = await seed({ ...about, state: 'failed', request: { context: 'lint', state: 'pending' } });
    await seed({ ...about, state: 'succeeded', request: { context: 'scan', state: 'success' } });
    expect((await admin.call('POST', `annotations/${old}/retry`)).body).toMatchObject({ state: 'superseded' });
    expect((await admin.call('POST', `annotations/${other}/retry`)).body).toMatchObject({ state: 'queued' });
    expect(await eventsOf(old)).toEqual(['annotation_superseded']);
  });

  it.each(['succeeded', 'queued', 'running', 'cancelled', 'superseded'])('that is %s is refused', async (state) => {
    const id = await seed({ state });
    expectProblem(await admin.call('POST', `annotations/${id}/retry`), 409, 'conflict');
    expect(await stateOf(id)).toBe(state);
  });
});

describe('cancelling an operation', () => {
  it.each([
    ['is queued', { state: 'queued' }],
    ['is queued for another attempt', { state: 'queued', attempts: 2, nextAttemptAt: '2100-01-01T00:00:00Z' }],
    ['is parked', { state: 'parked_offline' }],
  ])('that %s ends it and publishes an event', async (_, given) => {
    const id = await seed(given);
    const { status, body } = await admin.call('POST', `annotations/${id}/cancel`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { state: 'cancelled', nextAttemptAt: null, outcome: { success: false, errorCode: 'cancelled' } },
    });
    expect(await lanes()).toEqual([]);
    expect(await eventsOf(id)).toEqual(['annotation_cancelled']);
    expect(await admin.call('POST', `annotations/${id}/cancel`)).toMatchObject({ status: 200, body });
    expect(await eventsOf(id)).toHaveLength(1);
    const audited = await catalog.sql(
      "SELECT outcome FROM audit_entry WHERE action = 'annotation.cancelled' AND detail->>'operationId' = $1",
      [id],
    );
    expect(audited).toEqual([{ outcome: 'cancelled' }]);
  });

  it('that left a check run half made waits for the dispatcher to conclude that, and is audited once', async () => {
    const id = await seed({ state: 'queued', attempts: 1, nextAttemptAt: '2100-01-01T00:00:00Z' });
    await catalog.sql('UPDATE annotation_operation SET half_made = true');
    for (let time = 0; time < 2; time++) {
      expect(await admin.call('POST', `annotations/${id}/cancel`)).toMatchObject({
        status: 200,
        body: { state: 'queued', ending: 'cancelled', nextAttemptAt: null, outcome: null },
      });
    }
    expect(await lanes()).toMatchObject([{ due: true }]);
    expect(await eventsOf(id)).toEqual([]);
    const byId = "SELECT outcome FROM audit_entry WHERE detail->>'operationId' = $1";
    expect(await catalog.sql(byId, [id])).toEqual([{ outcome: 'queued' }]);
  });

  it('lets the operation behind it run', async () => {
    const id = await seed({ state: 'queued', attempts: 1, nextAttemptAt: '2100-01-01T00:00:00Z' });
    await seed({ state: 'queued', attempts: 0 });
    expect(await lanes()).toMatchObject([{ due: false }]);
    await admin.call('POST', `annotations/${id}/cancel`);
    expect(await lanes()).toMatchObject([{ due: true }]);
  });

  it.each(['running', 'succeeded', 'failed', 'superseded'])('that is %s is refused', async (state) => {
    const id = await seed({ state });
    expectProblem(await admin.call('POST', `annotations/${id}/cancel`), 409, 'conflict');
    expect(await stateOf(id)).toBe(state);
  });

  it('is refused without the scope, and for another tenant', async () => {
    const id = await seed({ state: 'queued' });
    const reader = await catalog.client({ scopes: ['annotations:read'] });
    expectProblem(await reader.call('POST', `annotations/${id}/cancel`), 403, 'forbidden');
    expectProblem(await rival.call('POST', `annotations/${id}/cancel`), 404, 'not_found');
    expectProblem(await admin.call('POST', `annotations/${randomUUID()}/cancel`), 404, 'not_found');
    expect(await stateOf(id)).toBe('queued');
  });
});

describe('the export of parked operations', () => {
  it('contains all it takes to post by hand: request, text and commands, without a credential', async () => {
    const { id: withSecret } = await register<{ id: string }>(admin, { authRef: 'authref://file/forge/token' });
    const request = { body: "It's **bad**: `$(rm -rf /)`" };
    const operationId = await seed({ integrationId: withSecret, request });
    const [line, ...more] = await lines(admin, `?integrationId=${withSecret}`);
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      operationId,
      integrationId: withSecret,
      provider: 'in_memory',
      prNumber: 7,
      request: { owner: 'octo', ...request },
      markdown: request.body,
      vendorRequests: [{ method: 'POST', body: { body: request.body } }],
      problem: null,
    });
    const [curl] = line!.curl;
    expect(curl).toContain('-H "Authorization: Bearer $SCM_TOKEN"');
    expect(curl).toContain(`It'\\''s **bad**`);
    expect(JSON.stringify(line)).not.toContain('authref://');
  });

  it("contains the vendor's own requests, for a published scan one for each part", async () => {
    const { id } = await register(admin, {
      provider: 'github_app',
      authRef: 'authref://file/github/private-key',
      config: { appId: '12345' },
    });
    const finding = { ruleId: 'no-eval', severity: 'high', title: 'No eval', message: 'm', path: 'a.ts', startLine: 2 };
    const show = { comment: true, status: { context: 'scan' }, checkRun: { name: 'scan' } };
    const target = { owner: 'octo', repository: 'demo', pullRequestNumber: 7, headSha: SHA };
    const checked = validate(ScmPublishRequest, { ...target, source: { findings: [finding] }, show });
    if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
    await seed({ integrationId: id, operation: 'publish', commitSha: SHA, request: checked.value });
    // No accepted request looks like this. It must not keep the others from being listed.
    await seed({ integrationId: id, operation: 'publish', commitSha: SHA, request: { show: null } });
    const [line, broken] = await lines(admin);
    expect(broken).toMatchObject({ vendorRequests: [], problem: expect.stringContaining('cannot be rendered') });
    expect(line).toMatchObject({ problem: null, markdown: expect.stringContaining('No eval') });
    const api = 'https://api.github.com/repos/octo/demo';
    const urls = line!.vendorRequests.map(({ url }) => url);
    expect(urls).toEqual(
      expect.arrayContaining([`${api}/check-runs`, `${api}/statuses/${SHA}`, `${api}/issues/7/comments`]),
    );
    expect(line!.curl).toHaveLength(urls.length);
  });

  it('includes operations whose integration is deleted, purged or unusable', async () => {
    const { id } = await register(admin);
    await admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });
    await seed({ integrationId: id });
    await seed({ integrationId: randomUUID() });
    const { id: broken } = await register(admin);
    await catalog.sql('UPDATE integration SET config = $2 WHERE id = $1', [broken, { failWith: TOKEN }]);
    await seed({ integrationId: broken });
    const [deleted, purged, unusable] = await lines(admin);
    expect(deleted).toMatchObject({ vendorRequests: [expect.any(Object)], problem: null });
    expect(purged).toMatchObject({ vendorRequests: [], curl: [], problem: 'the integration was purged' });
    expect(unusable).toMatchObject({ vendorRequests: [], problem: expect.stringContaining('config.failWith') });
    expect(unusable!.problem).not.toContain(TOKEN);
  });

  it('is separate for each tenant, and so is replay', async () => {
    const ours = await seed();
    const theirs = await seed({ tenantId: 'rival', integrationId: randomUUID() });
    expect((await lines(admin)).map(({ operationId }) => operationId)).toEqual([ours]);
    expect((await lines(rival)).map(({ operationId }) => operationId)).toEqual([theirs]);
    expect(await lines(rival, `?integrationId=${integrationId}`)).toEqual([]);
    expect((await rival.call('POST', 'annotations/offline/replay', { body: { integrationId } })).body).toEqual({
      queued: 0,
      superseded: 0,
      complete: true,
    });
    expect((await admin.call('POST', 'annotations/offline/replay')).body).toEqual({
      queued: 1,
      superseded: 0,
      complete: true,
    });
    expect([await stateOf(ours), await stateOf(theirs)]).toEqual(['queued', 'parked_offline']);
  });

  it('can be replayed by filter, once, with an audit entry', async () => {
    const early = await seed({ acceptedAt: '2026-03-01T00:00:00Z' });
    const late = await seed({ acceptedAt: '2026-03-02T00:00:00Z' });
    await seed({ acceptedAt: '2026-03-02T00:00:00Z', state: 'failed' });
    const body = { integrationId, since: '2026-03-02T00:00:00Z' };
    const first = await admin.call('POST', 'annotations/offline/replay', { body });
    expect({ status: first.status, body: first.body }).toEqual({
      status: 202,
      body: { queued: 1, superseded: 0, complete: true },
    });
    const again = await admin.call('POST', 'annotations/offline/replay', { body });
    expect(again.body).toEqual({ queued: 0, superseded: 0, complete: true });
    expect([await stateOf(early), await stateOf(late)]).toEqual(['parked_offline', 'queued']);
    const audited = await catalog.sql(
      "SELECT integration_id, detail FROM audit_entry WHERE action = 'annotation.replayed' ORDER BY position DESC LIMIT 1",
    );
    expect(audited).toEqual([
      { integration_id: integrationId, detail: { queued: 1, superseded: 0, since: '2026-03-02T00:00:00.000Z' } },
    ]);
  });

  it('is replayed once, however many callers ask at the same time', async () => {
    for (let n = 0; n < 30; n++) await seed({ prNumber: 100 + (n % 5), request: { updateExisting: false } });
    const asked = Array.from({ length: 4 }, () => admin.call<{ queued: number }>('POST', 'annotations/offline/replay'));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(answers.reduce((sum, { body }) => sum + body.queued, 0)).toBe(30);
  });

  it('blocks no other request, however many replay it while its lane is locked', async () => {
    const held = await seed();
    await catalog.sql('BEGIN');
    await catalog.sql('SELECT id FROM annotation_operation WHERE id = $1 FOR UPDATE', [held]);
    const replays = Array.from({ length: 15 }, () => admin.call('POST', 'annotations/offline/replay'));
    await sleep(300);
    const read = await Promise.race([admin.call('GET', `annotations/${held}`), sleep(3_000)]);
    await catalog.sql('COMMIT');
    expect(read).toMatchObject({ status: 200 });
    for (const { status } of await Promise.all(replays)) expect(status).toBe(202);
  });

  it.each([
    [{ integrationId: 'seven' }, 'integrationId'],
    [{ since: 'yesterday' }, 'since'],
    [{ everything: true }, 'everything'],
  ])('is not replayed by the invalid filter %j', async (body, field) => {
    await seed();
    expectProblem(await admin.call('POST', 'annotations/offline/replay', { body }), 400, 'invalid_request', field);
    expect(await lanes()).toEqual([]);
  });

  it('needs the read scope, and replay needs the write scope', async () => {
    const other = await catalog.client({ scopes: ['integrations:read', 'integrations:write'] });
    expectProblem(await other.call('GET', 'annotations/offline'), 403, 'forbidden');
    const reader = await catalog.client({ scopes: ['annotations:read'] });
    expectProblem(await reader.call('POST', 'annotations/offline/replay'), 403, 'forbidden');
  });

  it('is read from the database page by page, as fast as the client reads it', async () => {
    const total = 1_500;
    await catalog.sql(
      `INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation, operation,
         lane, owner, repository, pr_number, request, request_hash, state, finished_at)
       SELECT gen_random_uuid(), 'acme', $1, 'scm', 'in_memory', 1, 'comment', 'lane', 'octo', 'demo', 7,
              jsonb_build_object('body', repeat(md5(n::text), 500), 'pullRequestNumber', 7, 'owner', 'octo',
                                 'repository', 'demo', 'updateExisting', true), 'h', 'parked_offline', now()
       FROM generate_series(1, $2) AS n`,
      [integrationId, total],
    );
    const pages = jest.spyOn(catalog.app.get(OperationRepository), 'parked');
    const response = await fetch(`${catalog.origin}/api/v1/annotations/offline`, {
      headers: { authorization: `Bearer ${admin.token}` },
    });
    const reader = response.body!.getReader();
    let text = new TextDecoder().decode((await reader.read()).value);

    let before = -1;
    await eventually('the server to wait for its reader', async () => {
      const still = pages.mock.calls.length === before;
      before = pages.mock.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 250));
      return still && pages.mock.calls.length === before ? true : null;
    });
    expect(before).toBeLessThan(total / 25 / 2);

    let count = 0;
    for (let chunk = await reader.read(); ; chunk = await reader.read()) {
      const parts = (text + new TextDecoder().decode(chunk.value)).split('\n');
      text = parts.pop()!;
      count += parts.length;
      if (chunk.done) break;
    }
    expect({ count, text }).toEqual({ count: total, text: '' });
    pages.mockRestore();
  });
});

describe('the posting switch of an integration', () => {
  it('is set, shown, published and audited like any change, and null resets it', async () => {
    const { id } = await register(admin);
    const patch = (posting: unknown) =>
      admin.call('PATCH', `integrations/${id}`, { body: { posting }, headers: { 'if-match': '*' } });
    expect((await admin.call('GET', `integrations/${id}`)).body).toMatchObject({ posting: 'online', generation: 1 });
    expect((await patch('offline')).body).toMatchObject({ posting: 'offline', generation: 2 });
    expect((await patch('offline')).body).toMatchObject({ posting: 'offline', generation: 2 });
    const told = await catalog.sql("SELECT data FROM outbox WHERE integration_id = $1 AND event = 'updated'", [id]);
    expect(told).toEqual([{ data: { changedFields: ['posting'] } }]);
    expect((await patch(null)).body).toMatchObject({ posting: 'online', generation: 3 });
    expectProblem(await patch('off'), 400, 'invalid_request', 'posting');
    expect(await register(admin, { posting: 'offline' })).toMatchObject({ posting: 'offline' });
  });
});

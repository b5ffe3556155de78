import { failed, type IntegrationView, RPC } from '@integrations/contracts';
import { IdempotencyRepository } from '@integrations/database';
import { Logger } from '@nestjs/common';
import { expectProblem, register, registration, startCatalog, type TestCatalog, type TestClient } from './support';

describe('Idempotency-Key', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let nth = 0;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
  });
  afterAll(() => catalog.close());

  const newKey = () => `key ${nth++}`;
  const post = (path: string, key: string, body?: unknown, client = admin, headers: Record<string, string> = {}) =>
    client.call<IntegrationView>('POST', path, { body, headers: { 'idempotency-key': key, ...headers } });
  const kept = (key: string) =>
    catalog.sql<{ tenant_id: string; status: number | null }>(
      'SELECT tenant_id, status FROM idempotency_key WHERE key = $1',
      [key],
    );

  it('makes a repeated request get the first answer, and act only once', async () => {
    const [key, body] = [newKey(), registration()];
    const first = await post('integrations', key, body);
    const after = await catalog.counts();
    const again = await post('integrations', key, body);
    expect([again.status, again.text]).toEqual([201, first.text]);
    for (const name of ['etag', 'location', 'content-type', 'cache-control']) {
      expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
    }
    expect(await catalog.counts()).toEqual(after);
  });

  it('does not let a repeated request be logged as a failure', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error');
    const [key, body] = [newKey(), registration()];
    await post('integrations', key, body);
    await post('integrations', key, body);
    expect(logged.mock.calls).toEqual([]);
    logged.mockRestore();
  });

  it('lets one of many concurrent requests act, while the others get its answer or a 409', async () => {
    const [key, body] = [newKey(), registration()];
    const before = await catalog.counts();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('integrations', key, body)));
    expect((await catalog.counts())['integration']).toBe(before['integration']! + 1);
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const other of answers.filter(({ status }) => status !== 201)) {
      expectProblem(other, 409, 'conflict', 'headers.idempotency-key');
      expect(other.headers.get('retry-after')).toBe('1');
    }
  });

  it('answers 409 while the first request is in flight', async () => {
    const [key, body] = [newKey(), registration()];
    await post('integrations', key, body);
    await catalog.sql('UPDATE idempotency_key SET status = NULL, response = NULL WHERE key = $1', [key]);
    expectProblem(await post('integrations', key, body), 409, 'conflict', 'headers.idempotency-key');
  });

  it('is free again two minutes after its first user died without an answer', async () => {
    const [key, body] = [newKey(), registration()];
    await post('integrations', key, { ...body, name: 'first' });
    const age = (seconds: number) =>
      catalog.sql(
        `UPDATE idempotency_key SET status = NULL, response = NULL, created_at = now() - $2 * interval '1 second'
         WHERE key = $1`,
        [key, seconds],
      );
    await age(110);
    expectProblem(await post('integrations', key, { ...body, name: 'first' }), 409, 'conflict');
    await age(121);
    const answers = await Promise.all(Array.from({ length: 4 }, () => post('integrations', key, body)));
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(await kept(key)).toEqual([{ tenant_id: 'acme', status: 201 }]);
  });

  it.each([
    ['another body', 'integrations', { tags: ['other'] }],
    ['no body', 'integrations', null],
    ['another path', 'integrations/test', {}],
  ])('answers 422 to %s under the same key', async (_what, path, change) => {
    const [key, body] = [newKey(), registration()];
    await post('integrations', key, body);
    const before = await catalog.counts();
    const other = await post(path, key, change === null ? undefined : { ...body, ...change });
    expectProblem(other, 422, 'invalid_request', 'headers.idempotency-key');
    expect(await catalog.counts()).toEqual(before);
  });

  it('stores refusals too, with their media type', async () => {
    const key = newKey();
    const body = { name: 7 };
    const first = await post('integrations', key, body);
    const again = await post('integrations', key, body);
    expectProblem(again, 400, 'invalid_request', 'name');
    expect(again.text).toBe(first.text);
    expect(await kept(key)).toEqual([{ tenant_id: 'acme', status: 400 }]);
  });

  it('does not store a failed precondition: with a newer ETag the same request acts, and acts once', async () => {
    const { id } = await register(admin);
    await admin.call('PATCH', `integrations/${id}`, { body: { tags: ['changed'] }, headers: { 'if-match': '"g1"' } });
    const key = newKey();
    const disable = (etag: string) => post(`integrations/${id}/disable`, key, undefined, admin, { 'if-match': etag });
    expectProblem(await disable('"g1"'), 412, 'precondition_failed');
    expect(await kept(key)).toEqual([]);
    for (const etag of ['"g2"', '"g2"', '"g1"']) {
      const { status, body } = await disable(etag);
      expect([status, body.enabled, body.generation]).toEqual([200, false, 3]);
    }
  });

  it('stores neither a conflict nor a 404', async () => {
    const { id } = await register(admin);
    const key = newKey();
    const purge = () => post(`integrations/${id}/purge`, key);
    expectProblem(await purge(), 409, 'conflict');
    await admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });
    expect((await purge()).status).toBe(204);

    const { id: away } = await register(admin);
    await admin.call('DELETE', `integrations/${away}`, { headers: { 'if-match': '*' } });
    const other = newKey();
    expectProblem(await post(`integrations/${away}/disable`, other), 404, 'not_found');
    await post(`integrations/${away}/restore`, newKey());
    expect((await post(`integrations/${away}/disable`, other)).status).toBe(200);
  });

  it("does not store a vendor's rate limit", async () => {
    const { id } = await register(admin);
    const key = newKey();
    const asksToWait = JSON.stringify(failed('rate_limited', 'wait', { retryAfterMs: 2_000 }));
    const worker = catalog.nats.subscribe(RPC.probeTest, {
      callback: (_error, message) => {
        message.respond(asksToWait);
      },
    });
    await catalog.nats.flush();
    const limited = await post(`integrations/${id}/test`, key);
    expectProblem(limited, 429, 'rate_limited');
    expect(limited.headers.get('retry-after')).toBe('2');
    expect(await kept(key)).toEqual([]);
    worker.unsubscribe();
  });

  it('stores an answer without a body', async () => {
    const { id } = await register(admin);
    await admin.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });
    const key = newKey();
    for (let time = 0; time < 2; time++) {
      const { status, text } = await post(`integrations/${id}/purge`, key);
      expect([status, text]).toEqual([204, '']);
    }
    expectProblem(await post(`integrations/${id}/purge`, newKey()), 404, 'not_found');
  });

  it('returns the stored answer, whatever has happened since', async () => {
    const { id } = await register(admin);
    const key = newKey();
    await post(`integrations/${id}/disable`, key);
    await post(`integrations/${id}/enable`, newKey());
    const again = await post(`integrations/${id}/disable`, key);
    expect([again.body.enabled, again.headers.get('etag')]).toEqual([false, '"g2"']);
    expect((await admin.call<IntegrationView>('GET', `integrations/${id}`)).body.enabled).toBe(true);
  });

  it('does not store an internal error, so that the request can be tried again', async () => {
    const [key, body] = [newKey(), registration()];
    await catalog.sql('ALTER TABLE audit_entry ADD CONSTRAINT audit_full CHECK (actor IS NULL) NOT VALID');
    try {
      expectProblem(await post('integrations', key, body), 500, 'internal');
    } finally {
      await catalog.sql('ALTER TABLE audit_entry DROP CONSTRAINT audit_full');
    }
    expect(await kept(key)).toEqual([]);
    expect((await post('integrations', key, body)).status).toBe(201);
  });

  it('does not store that no health-worker answered', async () => {
    const { id } = await register(admin);
    const key = newKey();
    expectProblem(await post(`integrations/${id}/test`, key), 503, 'provider_unavailable');
    expect(await kept(key)).toEqual([]);
  });

  it('still returns the true answer when that cannot be stored, and never acts twice', async () => {
    const [key, body] = [newKey(), registration()];
    await catalog.sql('ALTER TABLE idempotency_key ADD CONSTRAINT full_up CHECK (status IS NULL) NOT VALID');
    try {
      expect((await post('integrations', key, body)).status).toBe(201);
    } finally {
      await catalog.sql('ALTER TABLE idempotency_key DROP CONSTRAINT full_up');
    }
    expectProblem(await post('integrations', key, body), 409, 'conflict', 'headers.idempotency-key');
  });

  it('belongs to a tenant: another tenant may use the same key', async () => {
    const [key, body] = [newKey(), registration()];
    const rival = await catalog.client({ tenantId: 'rival' });
    const [ours, theirs] = [await post('integrations', key, body), await post('integrations', key, body, rival)];
    expect([ours.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(ours.body.id);
  });

  it("does not replace the route's scope or the token", async () => {
    const [key, body] = [newKey(), registration()];
    await post('integrations', key, body);
    const reader = await catalog.client({ scopes: ['integrations:read'] });
    expectProblem(await post('integrations', key, body, reader), 403, 'forbidden');
    expectProblem(await post('integrations', key, body, catalog.anonymous()), 401, 'unauthorized');
  });

  it('is remembered for 24 hours', async () => {
    const [key, old, body] = [newKey(), newKey(), registration()];
    await post('integrations', old, { name: 7 });
    await post('integrations', key, body);
    await catalog.sql(`UPDATE idempotency_key SET created_at = now() - interval '24 hours 1 second'`);
    expectProblem(await post('integrations', key, body), 409, 'conflict', 'name');
    // Other expired keys are removed with the first request of another process, and from time to time.
    const another = new IdempotencyRepository(catalog.database);
    await another.claim({ tenantId: 'default', key: newKey(), route: 'POST /integrations', bodyHash: 'hash' });
    expect(await kept(old)).toEqual([]);
  });

  it.each(['', 'k'.repeat(256), 'kéy', 'a\tb'])('must be 1 to 255 printable characters, not %j', async (key) => {
    const before = await catalog.counts();
    const answer = await post('integrations', key, registration());
    expectProblem(answer, 400, 'invalid_request', 'headers.idempotency-key');
    expect(await catalog.counts()).toEqual(before);
  });

  it('may be as long as 255 characters', async () => {
    expect((await post('integrations', '~'.repeat(255), registration())).status).toBe(201);
  });

  it('is ignored by PATCH and GET', async () => {
    const { id } = await register(admin);
    const headers = { 'idempotency-key': newKey(), 'if-match': '*' };
    for (const tag of ['a', 'b']) {
      const patched = await admin.call<IntegrationView>('PATCH', `integrations/${id}`, {
        body: { tags: [tag] },
        headers,
      });
      expect(patched.body.tags).toEqual([tag]);
    }
    expect((await admin.call('GET', 'integrations', { headers })).status).toBe(200);
  });
});

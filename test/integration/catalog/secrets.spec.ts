import { SealedSecretRepository } from '@integrations/database';
import { fingerprintUnder, generateMasterKey, LocalStore, parseAuthRef, parseMasterKey } from '@integrations/secrets';
import { expectProblem, startCatalog, type TestCatalog, type TestClient } from './support';

interface ApiDescription {
  readonly paths: {
    readonly '/api/v1/secrets/{path}': {
      readonly put: { readonly parameters: readonly [{ readonly schema: { pattern: string; maxLength: number } }] };
    };
  };
}

const VALUE = 'hunter2-very-secret';
const key = generateMasterKey();
const masters = { current: parseMasterKey(key), previous: [] };

describe('PUT /secrets/{path}', () => {
  let catalog: TestCatalog;
  let client: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog({ secretsMasterKey: key });
    client = await catalog.client({ name: 'ops' });
  });
  afterAll(() => catalog.close());

  const stored = async (path: string, tenantId = 'acme') => {
    const store = new LocalStore(new SealedSecretRepository(catalog.database), masters);
    const ref = parseAuthRef(`authref://local/${path}`);
    return (await store.read({ tenantId, ref }, new AbortController().signal)).reveal();
  };

  it("seals a secret for the token's tenant, returns its reference, and never shows the value again", async () => {
    const first = await client.call('PUT', 'secrets/github/app-key', { body: { value: VALUE } });
    const second = await client.call('PUT', 'secrets/github/app-key', { body: { value: `${VALUE}-2` } });

    expect(first).toMatchObject({ status: 200, body: { authRef: 'authref://local/github/app-key', version: 1 } });
    expect(second.body).toEqual({ authRef: 'authref://local/github/app-key', version: 2 });
    expect(first.text + second.text).not.toContain(VALUE);
    expect(await stored('github/app-key')).toBe(`${VALUE}-2`);
    await expect(stored('github/app-key', 'other')).rejects.toThrow('no such secret');
    expectProblem(await client.call('GET', 'secrets/github/app-key'), 405, 'unsupported_operation');
  });

  it('is audited without path and value', async () => {
    await client.call('PUT', 'secrets/told/of', { body: { value: VALUE } });
    const { body, text } = await client.call<{ items: object[] }>('GET', 'audit?action=secret.written&limit=1');
    const fingerprint = fingerprintUnder(masters)(parseAuthRef('authref://local/told/of'));
    expect(body.items[0]).toMatchObject({ actor: 'ops', app: 'catalog-api', detail: { fingerprint, version: 1 } });
    expect(text).not.toContain('told');
    expect(text).not.toContain(VALUE);
  });

  it('stores nothing when the audit entry cannot be written', async () => {
    await catalog.sql(`ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (action <> 'secret.written') NOT VALID`);
    try {
      const answer = await client.call('PUT', 'secrets/untold', { body: { value: VALUE } });
      expectProblem(answer, 500, 'internal');
      expect(answer.text).not.toContain(VALUE);
    } finally {
      await catalog.sql('ALTER TABLE audit_entry DROP CONSTRAINT full_disk');
    }
    await expect(stored('untold')).rejects.toThrow('no such secret');
  });

  it('makes a check due at once for integrations that fail for lack of the secret, and for no others', async () => {
    const other = await catalog.client({ tenantId: 'other' });
    const register = async (name: string, authRef: string, failures: number, owner = client, config = {}) => {
      const body = { type: 'scm', provider: 'in_memory', name, endpoint: `https://${name}.example`, authRef, config };
      const { body: made } = await owner.call<{ id: string }>('POST', 'integrations', { body });
      await catalog.sql(
        `INSERT INTO integration_health (integration_id, tenant_id, status, settled, code, message, since, checked_at,
           interval_seconds, latency_ms, failures, successes, verdict)
         SELECT id, tenant_id, 'healthy', 'healthy', 'ok', '', now(), now(), 900, 1, $2, 0, '{}' FROM integration WHERE id = $1`,
        [made.id, failures],
      );
    };
    await register('whole', 'authref://local/late', 1);
    await register('field', 'authref://local/late#key', 1);
    await register('old-version', 'authref://local/late?version=1', 1);
    await register('works', 'authref://local/late', 0);
    await register('elsewhere', 'authref://local/later', 1, client, { connection: null });
    await register('of-another', 'authref://local/late', 1, other);
    await register('connection', 'authref://local/later', 1, client, {
      connection: { clientCertRef: 'authref://local/late#cert', clientKeyRef: 'authref://local/later' },
    });
    await catalog.sql(`UPDATE probe_target SET due_at = now() + interval '15 minutes', refused_version = '1'`);

    await client.call('PUT', 'secrets/late', { body: { value: VALUE } });

    const due = await catalog.sql(
      `SELECT i.name FROM integration i JOIN probe_schedule s ON s.integration_id = i.id JOIN probe_target t ON t.key = s.target
       WHERE t.due_at <= now() AND t.refused_version IS NULL ORDER BY i.name`,
    );
    expect(due).toEqual([{ name: 'connection' }, { name: 'field' }, { name: 'whole' }]);
    expect(await catalog.sql('SELECT FROM integration_health')).toHaveLength(7);
  });

  it('gives each of several concurrent writers its own version', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, (_, n) => client.call('PUT', 'secrets/raced', { body: { value: `${VALUE}-${n}` } })),
    );
    expect(all.map(({ body }) => body['version']).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('asks a writer that keeps losing the race to try later', async () => {
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, n) => client.call('PUT', 'secrets/crowded', { body: { value: `${VALUE}-${n}` } })),
    );
    const written = all.filter(({ status }) => status === 200);
    expect(new Set(written.map(({ body }) => body['version'])).size).toBe(written.length);
    for (const answer of all) if (!written.includes(answer)) expectProblem(answer, 409, 'conflict');
  });

  it.each([
    ['secrets/a/..%2fb', { value: VALUE }, 'path'],
    ['secrets/a%20b', { value: VALUE }, 'path'],
    ['secrets/a//b', { value: VALUE }, 'path'],
    ['secrets/a%23key', { value: VALUE }, 'path'],
    [`secrets/${'a/'.repeat(300)}a`, { value: VALUE }, 'path'],
    ['secrets/a', { value: '' }, 'value'],
    ['secrets/a', { value: 7 }, 'value'],
    ['secrets/a', { value: 'ä'.repeat(40_000) }, 'value'],
    ['secrets/a', { value: 'a'.repeat(65_537) }, 'value'],
    ['secrets/a', { value: 'half \ud800' }, 'value'],
    ['secrets/a', { value: VALUE, note: 'x' }, 'note'],
    ['secrets/a', {}, 'value'],
    ['secrets/a', [VALUE], ''],
  ])('refuses %s with an invalid path or body, naming the field and quoting nothing', async (path, body, field) => {
    const answer = await client.call('PUT', path, { body });
    expectProblem(answer, 400, 'invalid_request', field);
    expect(answer.text).not.toContain(VALUE);
  });

  it('accepts the paths that its description allows, and no others', async () => {
    const { body: api } = await catalog.anonymous().call<ApiDescription>('GET', '/docs-json');
    const { pattern, maxLength } = api.paths['/api/v1/secrets/{path}'].put.parameters[0].schema;
    for (const path of [
      'A',
      '1._+=@-/b',
      'a'.repeat(maxLength),
      'a'.repeat(maxLength + 1),
      'a//b',
      'a/',
      'a b',
      'a%',
      'ä',
    ]) {
      const answer = await client.call('PUT', `secrets/${encodeURI(path)}`, { body: { value: VALUE } });
      const allowed = path.length <= maxLength && new RegExp(pattern).test(path);
      expect([path, answer.status]).toEqual([path, allowed ? 200 : 400]);
    }
  });

  it('refuses a token without the scope, and a body that is too large', async () => {
    const reader = await catalog.client({ scopes: ['integrations:write', 'audit:read'] });
    expectProblem(await reader.call('PUT', 'secrets/a', { body: { value: VALUE } }), 403, 'forbidden');
    const large = await client.call('PUT', 'secrets/a', { body: { value: 'a'.repeat(1_100_000) } });
    expectProblem(large, 413, 'too_large');
  });
});

describe('PUT /secrets/{path} without a master key', () => {
  it('answers 404', async () => {
    const catalog = await startCatalog();
    try {
      const answer = await (await catalog.client()).call('PUT', 'secrets/a', { body: { value: VALUE } });
      expectProblem(answer, 404, 'not_found');
    } finally {
      await catalog.close();
    }
  });
});

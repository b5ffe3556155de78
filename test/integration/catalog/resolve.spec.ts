import type { IntegrationView, OperationResult } from '@integrations/contracts';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { register, startCatalog, type TestCatalog, type TestClient } from './support';

describe('the integration that serves a repository or an image', () => {
  let catalog: TestCatalog;
  let acme: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog();
    acme = await catalog.client({ tenantId: 'acme' });
  });
  afterAll(() => catalog.close());
  afterEach(() => catalog.sql('UPDATE integration SET deleted_at = now()'));

  const ask = async (request: object, tenant = 'acme') => {
    const headers = natsHeaders();
    headers.set('tenant', tenant);
    const subject = 'integrations.v1.rpc.catalog.resolve';
    const reply = await catalog.nats.request(subject, JSON.stringify(request), { timeout: 60_000, headers });
    return reply.json<OperationResult<IntegrationView>>();
  };
  const github = (overrides: object = {}) =>
    register(acme, {
      provider: 'github_app',
      authRef: 'authref://file/github/private-key',
      config: { appId: '12345' },
      ...overrides,
    });

  it('is found for each form of a GitHub URL, with the same answer as over REST', async () => {
    const { id } = await github();
    await github({ endpoint: 'https://ghe.example.com/api/v3' });
    await register(acme);
    const view = (await acme.call('GET', `integrations/${id}`)).body;
    for (const repositoryUrl of [
      'https://github.com/acme/shop',
      'https://github.com/acme/shop.git',
      'git@github.com:acme/shop.git',
      'ssh://git@github.com/acme/shop.git',
    ]) {
      expect(await ask({ repositoryUrl })).toMatchObject({ success: true, result: view, details: [] });
    }
  });

  it('is the GitHub Enterprise integration, found by web host, port or data-residency host', async () => {
    const server = await github({ endpoint: 'https://ghe.example.com:8443/api/v3' });
    const residency = await github({ endpoint: 'https://api.acme.ghe.com' });
    expect((await ask({ repositoryUrl: 'https://ghe.example.com:8443/a/b' })).result?.id).toBe(server.id);
    expect((await ask({ repositoryUrl: 'git@ghe.example.com:a/b.git' })).result?.id).toBe(server.id);
    expect((await ask({ repositoryUrl: 'https://acme.ghe.com/a/b' })).result?.id).toBe(residency.id);
    expect(await ask({ repositoryUrl: 'https://ghe.example.com/a/b' })).toMatchObject({ errorCode: 'not_found' });
  });

  it('is the in_memory one for memory://local', async () => {
    const { id } = await register(acme);
    for (const repositoryUrl of ['https://local/acme/shop', 'git@local:acme/shop.git']) {
      expect((await ask({ repositoryUrl })).result?.id).toBe(id);
    }
    expect(await ask({ repositoryUrl: 'https://local.example.com/acme/shop' })).toMatchObject({
      errorCode: 'not_found',
    });
  });

  it('is the one whose endpoint has the longest matching path', async () => {
    await register(acme, { endpoint: 'https://git.example.com' });
    const { id } = await register(acme, { endpoint: 'https://git.example.com/team' });
    expect((await ask({ repositoryUrl: 'https://git.example.com/team/shop' })).result?.id).toBe(id);
  });

  it('is ambiguous among equals, with the candidates in the answer, until the request names a provider', async () => {
    const [first, second] = [await github({ name: 'first' }), await github({ name: 'second' })];
    const { id } = await register(acme, { endpoint: 'https://github.com' });
    const reply = await ask({ repositoryUrl: 'https://github.com/acme/shop', provider: 'github_app' });
    expect(reply).toMatchObject({ success: false, result: null, errorCode: 'ambiguous_integration' });
    expect(reply.details).toEqual([
      { field: 'repositoryUrl', message: `${first.id} (first, github_app)` },
      { field: 'repositoryUrl', message: `${second.id} (second, github_app)` },
    ]);
    const told = await ask({ repositoryUrl: 'https://github.com/acme/shop', provider: 'in_memory' });
    expect(told.result?.id).toBe(id);
  });

  it('is never a disabled or deleted one, nor one of another type or tenant', async () => {
    const repositoryUrl = 'https://github.com/acme/shop';
    const { id } = await github({ enabled: false });
    const nothing = { success: false, errorCode: 'not_found', details: [{ field: 'repositoryUrl' }] };
    expect(await ask({ repositoryUrl })).toMatchObject(nothing);
    await acme.call('POST', `integrations/${id}/enable`);
    expect((await ask({ repositoryUrl })).result?.id).toBe(id);
    expect(await ask({ repositoryUrl }, 'rival')).toMatchObject(nothing);
    expect(await ask({ repositoryUrl, type: 'ci' })).toMatchObject(nothing);
    await acme.call('DELETE', `integrations/${id}`, { headers: { 'if-match': '*' } });
    expect(await ask({ repositoryUrl })).toMatchObject(nothing);
  });

  it('is searched among registries for an image, unless the request names another type', async () => {
    const { id } = await register(acme, { endpoint: 'http://images.example.com:5000' });
    const imageRef = 'images.example.com:5000/team/shop:v1';
    expect(await ask({ imageRef })).toMatchObject({ errorCode: 'not_found', details: [{ field: 'imageRef' }] });
    expect((await ask({ imageRef, type: 'scm' })).result?.id).toBe(id);
  });

  it('is the registry that an image reference names, in any spelling', async () => {
    const registry = (name: string, endpoint: string) =>
      register(acme, { name, type: 'registry', provider: 'oci', config: {}, endpoint });
    const { id: hub } = await registry('hub', 'https://registry-1.docker.io');
    const { id: harbor } = await registry('harbor', 'https://harbor.example.com:8443');
    const { id: whole } = await registry('whole', 'https://registry.example.com');
    const { id: part } = await registry('part', 'https://registry.example.com/cache/v2/');
    const digest = `sha256:${'a'.repeat(64)}`;
    const references = {
      [hub]: ['alpine', 'alpine:3', `alpine@${digest}`, 'acme/shop', 'docker.io/alpine', 'docker.io/library/alpine'],
      [harbor]: ['harbor.example.com:8443/team/shop:v1', `Harbor.Example.com:8443/team/sub/shop:v1@${digest}`],
      [whole]: [
        'registry.example.com/shop',
        'registry.example.com:443/team/cache/shop',
        'registry.example.com/cached/a',
      ],
      [part]: ['registry.example.com/cache/team/shop:1.0', `registry.example.com/cache/shop@${digest}`],
    };
    references[hub]!.push('index.docker.io/acme/shop:1', 'registry-1.docker.io/library/alpine');
    for (const [id, images] of Object.entries(references)) {
      for (const imageRef of images) expect([imageRef, (await ask({ imageRef })).result?.id]).toEqual([imageRef, id]);
    }
    for (const imageRef of ['harbor.example.com/team/shop', 'ghcr.io/acme/shop', 'localhost:5000/shop']) {
      expect(await ask({ imageRef })).toMatchObject({ errorCode: 'not_found' });
    }
  });

  it('is never one without a loaded plugin or with an invalid config', async () => {
    const { id } = await github();
    await catalog.sql(`UPDATE integration SET config = '{"colour": "red"}' WHERE id = $1`, [id]);
    expect(await ask({ repositoryUrl: 'https://github.com/a/b' })).toMatchObject({ errorCode: 'not_found' });
    await catalog.sql(`UPDATE integration SET provider = 'gone' WHERE id = $1`, [id]);
    expect(await ask({ repositoryUrl: 'https://github.com/a/b' })).toMatchObject({ errorCode: 'not_found' });
  });

  it.each([
    [{}, 'repositoryUrl'],
    [{ repositoryUrl: 'https://x:hunter2@github.com/a/b' }, 'repositoryUrl'],
    [{ repositoryUrl: 7 }, 'repositoryUrl'],
    [{ imageRef: 'NOT/An/Image' }, 'imageRef'],
    [{ imageRef: 'alpine', repositoryUrl: 'git@a:b/c' }, 'imageRef'],
    [{ imageRef: 'alpine', type: 'garden' }, 'type'],
    [{ imageRef: 'alpine', url: 'x' }, 'url'],
  ])('is not searched for the invalid request %j: the error names %s', async (request, field) => {
    const reply = await ask(request);
    expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request' });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
    expect(JSON.stringify(reply)).not.toContain('hunter2');
  });
});

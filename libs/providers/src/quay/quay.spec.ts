import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { type FakeQuay, OAUTH, ROBOT, SECRET, startQuay } from './__fixtures__/fake-quay';
import { QuayConfig } from './config';
import { createQuayPlugin } from './plugin';

const plugin = createQuayPlugin();
const { signal } = new AbortController();

describe('quay', () => {
  let quay: FakeQuay;
  let egress: EgressClient;

  const connection = (fields: Partial<QuayConfig> = {}, secret = SECRET) => {
    const config = Object.assign(new QuayConfig(), { username: ROBOT }, fields);
    return connectTo(egress, { endpoint: quay.registry.url, config, secret });
  };
  const test = (fields?: Partial<QuayConfig>, secret?: string) => {
    const { integration, deps } = connection(fields, secret);
    return plugin.testConnection(integration, deps, signal);
  };
  const check = (fields?: Partial<QuayConfig>, secret?: string) => {
    const { integration, deps } = connection(fields, secret);
    return plugin.checkHealth(integration, deps, signal);
  };
  const list = async (fields: Partial<QuayConfig> = {}, q: string | null = null) => {
    const { integration, deps } = connection(fields);
    const query = { limit: 100, cursor: null, q };
    return (await plugin.open(integration, deps).discovery!.repositories!(query, signal)).items;
  };

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    quay = await startQuay();
  });
  afterEach(() => quay.registry.close());
  afterAll(() => egress.close());

  it('recognises a robot, and reports its permissions for the canary beyond pulling', async () => {
    quay.state.granted = ['pull', 'push'];
    expect(await test({ canary: 'acme/app:stable' })).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: ROBOT, kind: 'robot' }, warnings: [] },
      server: { product: 'Quay' },
      permissions: { granted: ['pull', 'push'], missing: [], excess: ['push'], how: 'token_claims' },
    });
  });

  it('requests no token to push to a missing repository, because Quay would create it', async () => {
    expect(await test({ canary: 'acme/gone:stable' })).toMatchObject({ code: 'not_found_or_hidden' });
    expect(quay.state.created).toEqual([]);
  });

  it('reports a missing permission to pull', async () => {
    quay.state.granted = [];
    expect(await test({ canary: 'acme/app:stable' })).toMatchObject({ code: 'scope_insufficient' });
  });

  it('lists with the current token from its store after the previous one is refused', async () => {
    const { integration, deps, credential } = connection({ username: OAUTH, namespace: 'acme' }, 'revoked');
    const renewed = { ...deps.credential, forget: () => void (credential.secret = SECRET) };
    const { discovery } = plugin.open(integration, { ...deps, credential: renewed });
    const { items } = await discovery!.repositories!({ limit: 1, cursor: null, q: null }, signal);
    expect(items).toMatchObject([{ owner: 'acme' }]);
  });

  it('reports a wrong token', async () => {
    expect(await check({}, 'wrong')).toMatchObject({ code: 'credential_invalid' });
  });

  it('reports that nothing is proven without a canary', async () => {
    expect(await test()).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('is not proven')] });
  });

  it('names the failing services', async () => {
    quay.state.failing.push('database', 'auth');
    const message = 'Quay reports that these services fail: auth, database';
    expect(await check()).toMatchObject({ code: 'server_degraded', message });
  });

  it("is healthy if a proxy hides Quay's health", async () => {
    quay.state.showsHealth = false;
    expect(await check({ canary: 'acme/app:stable' })).toMatchObject({ status: 'healthy' });
  });

  it('recognises that something else answers', async () => {
    const body = '{"status":"pass"}';
    quay.registry.faults.inject({ when: () => true, processed: false, reply: { status: 200, body } });
    expect(await check()).toMatchObject({ code: 'not_this_product' });
  });

  it('lists the catalog for a robot, page by page', async () => {
    expect(await list()).toMatchObject([
      { owner: 'acme', name: 'app', url: `${quay.registry.url}/repository/acme/app`, visibility: null },
      ...[{ name: 'docs' }, { name: 'tools' }, { owner: 'other', name: 'base' }],
    ]);
  });

  it('lists a namespace through the API with an OAuth token', async () => {
    expect(await list({ username: OAUTH, namespace: 'acme' })).toMatchObject([
      { owner: 'acme', name: 'app', visibility: 'private' },
      { owner: 'acme', name: 'docs', visibility: 'public' },
      { owner: 'acme', name: 'tools', visibility: 'private' },
    ]);
  });

  it("does not send a robot's credential to the API", async () => {
    await list({ namespace: 'acme' });
    expect(quay.registry.requests.map(({ path }) => path)).not.toContain('/api/v1/repository');
  });

  it('accepts an OAuth token at the registry as well', async () => {
    expect(await test({ username: OAUTH, namespace: 'acme', canary: 'acme/app:stable' })).toMatchObject({
      ...{ code: 'ok', principal: { kind: 'token' } },
    });
  });
});

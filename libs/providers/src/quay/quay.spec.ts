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

  it('tells a robot, and what its token may do with the canary beside pulling', async () => {
    quay.state.granted = ['pull', 'push'];
    expect(await test({ canary: 'acme/app:stable' })).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: ROBOT, kind: 'robot' }, warnings: [] },
      server: { product: 'Quay' },
      permissions: { granted: ['pull', 'push'], missing: [], excess: ['push'], how: 'token_claims' },
    });
  });

  it('asks for no token to push to what is not there, since Quay would make it', async () => {
    expect(await test({ canary: 'acme/gone:stable' })).toMatchObject({ code: 'not_found_or_hidden' });
    expect(quay.state.created).toEqual([]);
  });

  it('misses the right to pull', async () => {
    quay.state.granted = [];
    expect(await test({ canary: 'acme/app:stable' })).toMatchObject({ code: 'scope_insufficient' });
  });

  it('lists with the token that is in its store by now, once the one before is refused', async () => {
    const { integration, deps, credential } = connection({ username: OAUTH, namespace: 'acme' }, 'revoked');
    const renewed = { ...deps.credential, forget: () => void (credential.secret = SECRET) };
    const { discovery } = plugin.open(integration, { ...deps, credential: renewed });
    const { items } = await discovery!.repositories!({ limit: 1, cursor: null, q: null }, signal);
    expect(items).toMatchObject([{ owner: 'acme' }]);
  });

  it('refuses a wrong token', async () => {
    expect(await check({}, 'wrong')).toMatchObject({ code: 'credential_invalid' });
  });

  it('says that nothing is proven without a canary', async () => {
    expect(await test()).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('is not proven')] });
  });

  it('names the services that fail', async () => {
    quay.state.failing.push('database', 'auth');
    const message = 'Quay says that these services fail: auth, database';
    expect(await check()).toMatchObject({ code: 'server_degraded', message });
  });

  it('does without the health that a proxy hides', async () => {
    quay.state.showsHealth = false;
    expect(await check({ canary: 'acme/app:stable' })).toMatchObject({ status: 'healthy' });
  });

  it('is no Quay where something else answers', async () => {
    const body = '{"status":"pass"}';
    quay.registry.faults.inject({ when: () => true, processed: false, reply: { status: 200, body } });
    expect(await check()).toMatchObject({ code: 'not_this_product' });
  });

  it("lists for a robot what the catalog has, page by page, with a token that names no scope of Quay's", async () => {
    expect(await list()).toMatchObject([
      { owner: 'acme', name: 'app', url: `${quay.registry.url}/repository/acme/app`, visibility: null },
      ...[{ name: 'docs' }, { name: 'tools' }, { owner: 'other', name: 'base' }],
    ]);
  });

  it('lists with an OAuth token what a namespace has, by the API', async () => {
    expect(await list({ username: OAUTH, namespace: 'acme' })).toMatchObject([
      { owner: 'acme', name: 'app', visibility: 'private' },
      { owner: 'acme', name: 'docs', visibility: 'public' },
      { owner: 'acme', name: 'tools', visibility: 'private' },
    ]);
  });

  it('shows the API nothing of a robot', async () => {
    await list({ namespace: 'acme' });
    expect(quay.registry.requests.map(({ path }) => path)).not.toContain('/api/v1/repository');
  });

  it('takes an OAuth token at the registry as well', async () => {
    expect(await test({ username: OAUTH, namespace: 'acme', canary: 'acme/app:stable' })).toMatchObject({
      ...{ code: 'ok', principal: { kind: 'token' } },
    });
  });
});

import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { type FakeHarbor, FORBIDDEN, ROBOT, SECRET, startHarbor, USER } from './__fixtures__/fake-harbor';
import { HarborConfig } from './config';
import { createHarborPlugin } from './plugin';

const plugin = createHarborPlugin();
const { signal } = new AbortController();

describe('harbor', () => {
  let harbor: FakeHarbor;
  let egress: EgressClient;

  const connection = (fields: Partial<HarborConfig> = {}, secret = SECRET) => {
    const config = Object.assign(new HarborConfig(), { username: ROBOT }, fields);
    return connectTo(egress, { endpoint: harbor.registry.url, config, secret });
  };
  const test = (fields?: Partial<HarborConfig>, secret?: string) => {
    const { integration, deps } = connection(fields, secret);
    return plugin.testConnection(integration, deps, signal);
  };
  const check = (fields?: Partial<HarborConfig>, secret?: string) => {
    const { integration, deps } = connection(fields, secret);
    return plugin.checkHealth(integration, deps, signal);
  };
  const list = (fields: Partial<HarborConfig> = {}, secret?: string, limit = 100) => {
    const { integration, deps } = connection(fields, secret);
    return plugin.open(integration, deps).discovery!.repositories!({ limit, cursor: null, q: null }, signal);
  };

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    harbor = await startHarbor();
  });
  afterEach(() => harbor.registry.close());
  afterAll(() => egress.close());

  it("recognises a robot, which may not ask who it is, and its permissions in the canary's project", async () => {
    harbor.state.granted.push('repository:push');
    expect(await test({ canary: 'acme/app:stable' })).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: ROBOT, kind: 'robot' }, warnings: [] },
      server: { product: 'Harbor', version: 'v2.13.1-00c0ffee' },
      capabilities: ['repositories', 'tags', 'digest', 'referrers'],
      permissions: {
        granted: ['project:read', 'repository:pull', 'repository:list', 'tag:list', 'repository:push'],
        ...{ missing: [], excess: ['repository:push'], how: 'introspection' },
      },
    });
  });

  it('accepts name and secret in one', async () => {
    const { integration, deps } = connection({}, `${ROBOT}:${SECRET}`);
    const unnamed = { ...integration, config: new HarborConfig() };
    expect(await plugin.testConnection(unnamed, deps, signal)).toMatchObject({ principal: { id: ROBOT } });
  });

  it('reports a missing permission to pull', async () => {
    harbor.state.granted = ['repository:list'];
    expect(await test({ project: 'acme' })).toMatchObject({
      code: 'scope_insufficient',
      permissions: { missing: ['repository:pull'] },
    });
  });

  it('is healthy without permission to list repositories', async () => {
    harbor.state.granted = ['repository:pull'];
    expect(await test({ project: 'acme' })).toMatchObject({
      code: 'ok',
      capabilities: ['tags', 'digest', 'referrers'],
    });
  });

  it('reports that nothing is proven without a project', async () => {
    expect(await test()).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('is not proven')] });
  });

  it('reports the expiry of a robot that may read its own account, and warns of it two weeks ahead', async () => {
    harbor.state.granted.push('robot:list');
    const expiresAt = Math.floor(Date.now() / 1_000) + 3 * 86_400 + 3_600;
    harbor.state.expiresAt = expiresAt;
    expect(await test({ project: 'acme' })).toMatchObject({
      credential: { expiresAt: new Date(expiresAt * 1_000).toISOString() },
      warnings: ['The robot account expires in 3 days'],
    });
  });

  it('takes -1 for a robot that never expires', async () => {
    harbor.state.granted.push('robot:list');
    expect((await test({ project: 'acme' })).credential?.expiresAt).toBeUndefined();
  });

  it('warns of an administrator, of read-only mode and of a project that is nearly full', async () => {
    Object.assign(harbor.state, { isAdmin: true, isReadOnly: true, storage: { hard: 1_000, used: 953 } });
    harbor.state.granted.push('quota:read');
    expect(await test({ username: USER, project: 'acme' })).toMatchObject({
      ...{ code: 'ok', principal: { id: USER, kind: 'user' } },
      warnings: [
        'Harbor is read-only: nothing can be pushed',
        expect.stringContaining('administrator'),
        'The project acme has used 95 % of its storage',
      ],
    });
  });

  it("judges a CLI secret, for which Harbor's API does not work, by pulling", async () => {
    harbor.state.authMode = 'oidc_auth';
    expect(await test({ username: USER, canary: 'acme/app:stable' })).toMatchObject({
      ...{ code: 'ok', principal: { id: USER, kind: 'user' } },
      permissions: { granted: ['repository:pull'], how: 'observed' },
      warnings: [expect.stringContaining('CLI secret')],
    });
  });

  it.each([
    ['a test', test],
    ['a health check', check],
  ])('sends a wrong secret in %s only once', async (_name, probe) => {
    expect(await probe({ canary: 'acme/app:stable' }, 'wrong')).toMatchObject({ code: 'credential_invalid' });
    const tries = harbor.registry.requests.filter(({ headers }) => headers['authorization'] !== undefined);
    expect(tries).toHaveLength(1);
  });

  it.each([
    ['not allowed', FORBIDDEN, 'permission_missing'],
    ['in an unknown project', 'nowhere', 'not_found_or_no_access'],
  ])('tells a repository that is %s from a wrong credential', async (_why, project, code) => {
    const { integration, deps, credential } = connection();
    const { registry } = plugin.open(integration, deps);
    const query = { limit: 10, cursor: null, q: null };
    await expect(registry!.listTags(`${project}/app`, query, signal)).rejects.toMatchObject({ code });
    expect(credential.forgotten).toBe(0);
  });

  it('lists nothing for a wrong secret, although Harbor would list public repositories', async () => {
    await expect(list({}, 'wrong')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is degraded if its database is unhealthy, whatever the HTTP status', async () => {
    harbor.state.unhealthy.push('database', 'trivy');
    expect(await check()).toMatchObject({
      ...{ code: 'server_degraded', message: 'Harbor reports that it is unhealthy: database' },
      warnings: ['Harbor reports that its trivy is unhealthy'],
    });
  });

  it('is healthy if only its scanner is unhealthy', async () => {
    harbor.state.unhealthy.push('trivy');
    expect(await check()).toMatchObject({
      status: 'healthy',
      warnings: ['Harbor reports that its trivy is unhealthy'],
    });
  });

  it('recognises that something else answers', async () => {
    const body = '{"status":"pass"}';
    harbor.registry.faults.inject({ when: () => true, processed: false, reply: { status: 200, body } });
    expect(await check()).toMatchObject({ code: 'not_this_product' });
  });

  it('lists the repositories of one project, with their web pages', async () => {
    expect(await list({ project: 'acme' })).toMatchObject({
      items: [
        { owner: 'acme', name: 'app', url: `${harbor.registry.url}/harbor/projects/7/repositories/app` },
        { owner: 'acme/team', name: 'tools', url: expect.stringContaining('/7/repositories/team%2Ftools') },
        { owner: 'acme', name: 'web', visibility: 'private' },
      ],
      nextCursor: null,
    });
  });

  it('continues across projects and pages, including empty ones', async () => {
    const { items, nextCursor } = await list();
    expect(items.map(({ owner, name }) => `${owner}/${name}`)).toEqual([
      ...['acme/app', 'acme/team/tools', 'acme/web', 'library/alpine'],
    ]);
    expect(nextCursor).toBeNull();
  });

  it('skips projects whose repositories may not be listed, unless that is all of them', async () => {
    harbor.state.closed.push('acme');
    expect((await list()).items.map(({ name }) => name)).toEqual(['alpine']);
    await expect(list({ project: 'acme' })).rejects.toMatchObject({ code: 'permission_missing', httpStatus: 403 });

    harbor.state.closed.push('empty', 'library');
    await expect(list()).rejects.toMatchObject({ code: 'permission_missing', httpStatus: 403 });
  });

  it.each(['[]', 'null'])('lists a project for which an old Harbor shows a robot %s', async (body) => {
    const isLookup = ({ path }: { path: string }) => path.endsWith('/projects');
    harbor.registry.faults.inject({ when: isLookup, processed: false, reply: { status: 200, body } });
    expect((await list({ project: 'acme' })).items[0]).toMatchObject({ owner: 'acme', name: 'app', visibility: null });
  });
});

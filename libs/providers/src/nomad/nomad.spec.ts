import { randomUUID } from 'node:crypto';
import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { FakeNomad, TOKEN } from './__fixtures__/fake-nomad';
import { createNomadPlugin } from './plugin';
import type { NomadConfig } from './config';

const plugin = createNomadPlugin();
const ALL = { limit: 100, cursor: null, q: null, namespace: null, labels: [] };
const DIGEST = `sha256:${'a'.repeat(64)}`;

let egress: EgressClient;
let nomad: FakeNomad;
let url: string;

beforeAll(() => {
  egress = loopbackEgress();
});
beforeEach(async () => {
  nomad = new FakeNomad();
  url = await nomad.listen();
});
afterEach(() => nomad.close());
afterAll(() => egress.close());

function connect({
  config = {},
  secret = TOKEN as string | null,
}: { config?: NomadConfig; secret?: string | null } = {}) {
  const connection = connectTo(egress, { endpoint: url, config, secret });
  const signal = AbortSignal.timeout(60_000);
  return {
    ...connection,
    list: (query = {}) =>
      plugin.open(connection.integration, connection.deps).runtime!.listWorkloads({ ...ALL, ...query }, signal),
    test: () => plugin.testConnection(connection.integration, connection.deps, signal),
    check: () => plugin.checkHealth(connection.integration, connection.deps, signal),
  };
}

describe('The workloads of Nomad', () => {
  it('are its allocations, with the images of their tasks and the metadata of job and group', async () => {
    nomad.run('shop', 1, ['team/shop:1.4', `busybox@${DIGEST}`], { namespace: 'shop', meta: { app: 'shop' } });
    expect(await connect().list()).toEqual({
      items: [
        {
          ...{ id: nomad.allocations[0]!.ID, kind: 'allocation', namespace: 'shop', name: 'shop.web[0]' },
          ...{ owner: { kind: 'job', name: 'shop' }, node: 'node-1', state: 'running' },
          startedAt: '2026-11-20T10:00:00.500Z',
          labels: { app: 'shop', tier: 'web' },
          containers: [
            { name: 'task0', image: 'team/shop:1.4', digest: null },
            { name: 'task1', image: `busybox@${DIGEST}`, digest: DIGEST },
          ],
        },
      ],
      nextCursor: null,
    });
  });

  it('have the images of the version that they run, during an update', async () => {
    nomad.run('shop', 1, ['shop:1']);
    nomad.run('shop', 1, ['shop:2'], { version: 1 });
    const { items } = await connect().list();
    expect(items.map(({ containers }) => containers[0]!.image)).toEqual(['shop:1', 'shop:2']);
  });

  it('have image names without the scheme that tells a driver how to pull them', async () => {
    nomad.run('shop', 1, ['docker://registry.example/team/shop:1.4', 'https://registry.example/team/shop:1.4']);
    const [workload] = (await connect().list()).items;
    const image = 'registry.example/team/shop:1.4';
    expect(workload?.containers).toMatchObject([{ image }, { image }]);
  });

  it('are those that run or are about to run', async () => {
    nomad.run('shop', 7, ['shop:1']);
    const states = ['running', 'pending', 'complete', 'failed', 'lost', 'unknown', 'running'];
    states.forEach((status, index) => (nomad.allocations[index]!.ClientStatus = status));
    nomad.allocations[6]!.DesiredStatus = 'stop';
    const { items } = await connect().list();
    expect(items.map(({ state }) => state)).toEqual(['running', 'pending', 'unknown', 'stopping']);
  });

  it('take one call per job in addition to those for the pages', async () => {
    nomad.run('shop', 30, ['shop:1']);
    nomad.run('cache', 5, ['redis:7']);
    expect((await connect().list()).items).toHaveLength(35);
    expect(nomad.requests.map(({ path }) => path.replace(/[0-9a-f-]{36}/, 'ID'))).toEqual([
      ...['/v1/allocations', '/v1/allocation/ID', '/v1/allocations', '/v1/allocation/ID', '/v1/allocation/ID'],
    ]);
  });

  it('are at most 50 on a page, because a distant cluster takes seconds for as many jobs', async () => {
    for (let job = 0; job < 60; job++) nomad.run(`job-${job}`, 1, ['shop:1']);
    const page = await connect().list({ limit: 100 });
    expect(page.items).toHaveLength(50);
    const rest = await connect().list({ limit: 100, cursor: page.nextCursor });
    expect(rest).toMatchObject({ items: { length: 10 }, nextCursor: null });
  });

  it('leave out an allocation that has disappeared before it was read', async () => {
    nomad.run('shop', 1, ['shop:1']);
    nomad.run('cache', 1, ['redis:7']);
    const gone = nomad.allocations[0]!.ID;
    const reply = { status: 404, body: 'alloc not found' };
    nomad.faults.inject({ when: ({ path }) => path.endsWith(gone), processed: false, reply });
    expect((await connect().list()).items.map(({ name }) => name)).toEqual(['cache.web[0]']);
  });

  it('are those of the configured namespace', async () => {
    nomad.run('shop', 1, ['shop:1'], { namespace: 'shop' });
    nomad.run('cache', 1, ['redis:7']);
    const { list } = connect({ config: { namespace: 'shop' } });
    expect((await list()).items.map(({ namespace }) => namespace)).toEqual(['shop']);
    expect((await list({ namespace: 'default' })).items).toEqual([]);
    await expect(list({ cursor: '0.0?next_token=x' })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('A test of Nomad', () => {
  it('reports the token, its expiry and the version', async () => {
    nomad.run('shop', 1, ['shop:1']);
    nomad.token!.ExpirationTime = new Date(Date.now() + 86_400_000 * 3.5).toISOString();
    expect(await connect().test()).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: 'scanner', kind: 'client' } },
      server: { product: 'Nomad', version: '1.9.3' },
      permissions: { granted: ['read-job'], missing: [] },
      credential: { expiresAt: nomad.token!.ExpirationTime },
      warnings: ['The token expires in 3 days'],
    });
  });

  it('is healthy without the version if the token may not read agents', async () => {
    nomad.mayReadAgents = false;
    expect(await connect().test()).toMatchObject({ status: 'healthy', server: { product: 'Nomad' } });
  });

  it('does not take an empty list of all namespaces as permission to read one', async () => {
    nomad.readable = [];
    const verdict = await connect().test();
    expect(verdict.permissions).toBeUndefined();
    expect(verdict.warnings).toEqual([expect.stringContaining('not proven')]);
    const one = await connect({ config: { namespace: 'shop' } }).test();
    expect(one).toMatchObject({ status: 'unhealthy', code: 'scope_insufficient' });
  });

  it.each([
    ['an unknown token', randomUUID(), 'credential_invalid'],
    ['a malformed token', 'wrong', 'credential_invalid'],
    ['no token', null, 'credential_missing'],
  ])(
    'tells %s from a missing permission and from an outage, in old and new versions of Nomad',
    async (_, secret, code) => {
      nomad.run('shop', 1, ['shop:1']);
      for (nomad.isOld of [false, true]) {
        for (const verdict of [await connect({ secret }).test(), await connect({ secret }).check()]) {
          expect(verdict).toMatchObject({ status: 'unhealthy', code });
        }
      }
    },
  );

  it('reports that the token has expired, although Nomad no longer says so', async () => {
    nomad.token!.ExpirationTime = new Date(Date.now() - 1_000).toISOString();
    for (nomad.isOld of [false, true]) {
      expect(await connect().test()).toMatchObject({ status: 'unhealthy', code: 'credential_expired' });
      expect(await connect().check()).toMatchObject({ status: 'unhealthy', code: 'credential_expired' });
    }
  });

  it('warns of disabled ACLs, and of a management token', async () => {
    nomad.token!.Type = 'management';
    expect((await connect().test()).warnings).toEqual([expect.stringContaining('management token')]);
    nomad.token = null;
    for (nomad.isOld of [false, true]) {
      for (const secret of [null, TOKEN]) {
        const open = await connect({ secret }).test();
        expect(open).toMatchObject({ status: 'healthy', warnings: [expect.stringContaining('ACLs are off')] });
        expect(open.principal).toBeUndefined();
      }
    }
  });

  it("passes on the agent's own health, and that there is no leader", async () => {
    nomad.health = { status: 500, message: 'No cluster leader' };
    expect(await connect().test()).toMatchObject({
      code: 'server_degraded',
      message: expect.stringContaining('leader'),
    });
    nomad.hasLeader = false;
    const { warnings } = await connect().check();
    expect(warnings).toEqual([expect.stringContaining('no leader')]);
  });
});

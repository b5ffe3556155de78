import type { Page } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { type FakeNexus, SECRET, startNexus, USER } from './__fixtures__/fake-nexus';
import { nexusOf, servedBy } from './client';
import { NexusConfig } from './config';
import { createNexusPlugin } from './plugin';

const plugin = createNexusPlugin();
const { signal } = new AbortController();

describe('nexus', () => {
  let nexus: FakeNexus;
  let egress: EgressClient;

  const connection = (secret = SECRET) => {
    const fields = { username: USER, nexusUrl: nexus.registry.url, canary: 'team/app:stable' };
    const config = Object.assign(new NexusConfig(), fields);
    return connectTo(egress, { endpoint: nexus.registry.url, config, secret });
  };
  const test = (secret?: string) => {
    const { integration, deps } = connection(secret);
    return plugin.testConnection(integration, deps, signal);
  };
  const check = (secret?: string) => {
    const { integration, deps } = connection(secret);
    return plugin.checkHealth(integration, deps, signal);
  };

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    nexus = await startNexus();
  });
  afterEach(() => nexus.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['https://nexus.example/repository/docker-hosted', 'nexus.example/docker-hosted', 'https://nexus.example'],
    ['https://example.com/nexus/repository/docker', 'example.com/nexus/docker', 'https://example.com/nexus'],
    ['https://nexus.example:5000', 'nexus.example:5000', null],
  ])('serves from %s the images of %s, and finds Nexus at %s', (endpoint, place, url) => {
    const { integration } = connection();
    expect(servedBy(endpoint)).toBe(place);
    expect(nexusOf({ ...integration, endpoint, config: new NexusConfig() })).toBe(url);
  });

  it('reports version, user and permissions', async () => {
    expect(await test()).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: USER, kind: 'user' }, warnings: [] },
      server: { product: 'Nexus', version: '3.70.1-02' },
      permissions: { granted: ['read'], how: 'observed' },
    });
  });

  it('warns of a frozen Nexus', async () => {
    nexus.state.isWritable = false;
    expect(await test()).toMatchObject({ code: 'ok', warnings: ['Nexus is read-only: nothing can be pushed'] });
  });

  it('is degraded if Nexus cannot be read', async () => {
    nexus.state.isReadable = false;
    expect(await check()).toMatchObject({ code: 'server_degraded' });
  });

  it('sends a wrong password only once', async () => {
    expect(await test('wrong')).toMatchObject({ code: 'credential_invalid' });
    expect(nexus.registry.requests).toHaveLength(1);
  });

  it('lists a group repository completely, although its pages have no Link header', async () => {
    const { integration, deps } = connection();
    for (const tag of ['1', '2', '3']) nexus.registry.repository('team/app').push(tag);
    const { registry, discovery } = plugin.open(integration, deps);
    const all = async <T>(list: (cursor: string | null) => Promise<Page<T>>) => {
      const items: T[] = [];
      for (let cursor: string | null = null; ;) {
        const page: Page<T> = await list(cursor);
        items.push(...page.items);
        cursor = page.nextCursor;
        if (cursor === null) return items;
      }
    };
    const query = { limit: 2, q: null };
    const tags = await all((cursor) => registry!.listTags('team/app', { ...query, cursor }, signal));
    expect(tags.map(({ name }) => name)).toEqual(['1', '2', '3', 'stable']);
    const images = await all((cursor) => discovery!.repositories!({ ...query, cursor }, signal));
    expect(images.map(({ name }) => name)).toEqual(['alpine', 'app', 'tools']);
  });

  it('is healthy if a proxy hides the status', async () => {
    const when = ({ path }: { path: string }) => path.endsWith('/status');
    nexus.registry.faults.inject({ when, processed: false, reply: { status: 404 } });
    expect(await check()).toMatchObject({ status: 'healthy' });
  });
});

import type { EgressClient } from '@integrations/provider-kit';
import { ACCESS_TOKEN, API_TOKEN, connect, startAcme } from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { BitbucketClient } from './client';
import { BitbucketCloudConfig } from './config';
import { bitbucketDiscovery } from './discovery';

const { signal } = new AbortController();

describe('The repositories of Bitbucket', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  const list = (fields: Partial<BitbucketCloudConfig>, secret: string, cursor: string | null = null, limit = 50) => {
    const config = Object.assign(new BitbucketCloudConfig(), fields);
    const { integration, deps } = connect(bitbucket, egress, { config, secret });
    const discovery = bitbucketDiscovery(new BitbucketClient(integration, deps));
    return discovery.repositories!({ limit, cursor, q: null }, signal);
  };

  beforeAll(async () => {
    egress = loopbackEgress();
    bitbucket = await startAcme();
  });
  afterEach(() => {
    expect(bitbucket.violations).toEqual([]);
    bitbucket.reset();
  });
  afterAll(async () => {
    await egress.close();
    await bitbucket.stop();
  });

  it('are listed for all workspaces of the account, one after another', async () => {
    const { items, nextCursor } = await list({ authentication: 'api_token' }, API_TOKEN);

    expect(items.map(({ owner, name }) => `${owner}/${name}`)).toEqual(['acme/shop', 'acme/docs', 'globex/site']);
    expect(items[0]).toMatchObject({
      ...{ url: `${bitbucket.url}/acme/shop`, defaultBranch: 'main', visibility: 'private', archived: false },
    });
    expect(nextCursor).toBeNull();
  });

  it('are listed for the configured workspace, with a token that may not list others', async () => {
    const { items } = await list({ workspace: 'globex' }, ACCESS_TOKEN);
    expect(items.map(({ name }) => name)).toEqual(['site']);
    expect(bitbucket.requests).toHaveLength(1);

    await expect(list({}, ACCESS_TOKEN)).rejects.toMatchObject({ code: 'permission_missing' });
  });

  it('continue at the cursor, within a page or at the next workspace, but not in a foreign one', async () => {
    const first = await list({ authentication: 'api_token' }, API_TOKEN, null, 1);
    expect(first.nextCursor).toBe('acme:1:1');
    const second = await list({ authentication: 'api_token' }, API_TOKEN, first.nextCursor, 1);
    expect(second).toMatchObject({ items: [{ name: 'docs' }], nextCursor: 'globex:1:0' });

    const foreign = list({ authentication: 'api_token' }, API_TOKEN, 'initech:1:0');
    await expect(foreign).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

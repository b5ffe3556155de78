import { ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  HEAD_SHA,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import type { FakeBitbucketDataCenter } from '../../../../test/support/fake-bitbucket-data-center/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { bitbucketAnnotations } from './annotations';
import { BitbucketClient } from './client';
import { BitbucketDataCenterConfig } from './config';

const context = { operationId: 'op', upsertKey: 'sast', signal: new AbortController().signal };

describe('Build statuses at Bitbucket Data Center', () => {
  let bitbucket: FakeBitbucketDataCenter;
  let egress: EgressClient;

  const start = async (version: string) => (bitbucket = await startAcme({ version }));
  const set = (fields: Partial<ScmStatusRequest> = {}) => {
    const { integration, deps } = connect(bitbucket, egress, { config: new BitbucketDataCenterConfig() });
    const of = { owner: OWNER, repository: REPOSITORY, commitSha: HEAD_SHA, state: 'success', context: 'scan' };
    const request = Object.assign(new ScmStatusRequest(), { ...of, ...fields });
    return bitbucketAnnotations(new BitbucketClient(integration, deps)).postStatus(request, context);
  };
  const builds = () => bitbucket.builds(OWNER, REPOSITORY, HEAD_SHA);
  const paths = () =>
    bitbucket.requests.map(({ method, path }) => `${method} ${path.replace(/\/projects.*commits/, '…')}`);

  beforeAll(() => (egress = loopbackEgress()));
  afterEach(async () => {
    expect(bitbucket.violations).toEqual([]);
    await bitbucket.stop();
  });
  afterAll(() => egress.close());

  const VERSION = 'GET /rest/api/latest/application-properties';
  const NEW = `/rest/api/latest…/${HEAD_SHA}/builds`;
  const OLD = `/rest/build-status/1.0/commits/${HEAD_SHA}`;
  it.each([
    ['9.4.0', [VERSION, `GET ${NEW}`, `POST ${NEW}`]],
    ['7.10.1', [VERSION, `GET ${OLD}`, `POST ${NEW}`]],
    ['7.3.0', [VERSION, `GET ${OLD}`, `POST ${OLD}`]],
  ])('are set through the API of version %s, once', async (version, asked) => {
    await start(version);
    expect(await set()).toMatchObject({ outcome: 'created', statusId: 'scan' });
    expect(paths()).toEqual(asked);
    expect(await set()).toMatchObject({ outcome: 'unchanged' });
    expect(await set({ state: 'failure', description: '2 high' })).toMatchObject({ outcome: 'updated' });
    expect(builds()).toMatchObject([{ key: 'scan', state: 'FAILED', description: '2 high' }]);
  });

  it.each([
    ['pending', 'INPROGRESS'],
    ['success', 'SUCCESSFUL'],
    ['failure', 'FAILED'],
    ['error', 'FAILED'],
  ] as const)('map %s to %s', async (state, said) => {
    await start('9.4.0');
    await set({ state });
    expect(builds()).toMatchObject([{ state: said }]);
  });

  it('link to the commit if the link is too long, and can be required by name', async () => {
    await start('9.4.0');
    const { url, truncated } = await set({ targetUrl: `https://scan.example/${'x'.repeat(450)}` });

    expect(url).toBe(`${bitbucket.url}/projects/ACME/repos/shop/commits/${HEAD_SHA}`);
    expect(truncated).toMatchObject([{ field: 'targetUrl', now: 0 }]);
    expect(builds()).toMatchObject([{ url, parent: 'scan' }]);
  });

  it.each(['x'.repeat(300), '😀'.repeat(100)])(
    "are cut to Bitbucket's limit, which counts UTF-16: %s",
    async (text) => {
      await start('9.4.0');
      const { truncated } = await set({ description: text });

      expect(truncated).toMatchObject([{ field: 'description', unit: 'bytes' }]);
      expect(String(builds()[0]?.['description'])).toMatch(/…$/);
    },
  );
});

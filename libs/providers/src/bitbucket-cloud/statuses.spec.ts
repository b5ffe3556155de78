import { randomUUID } from 'node:crypto';
import { ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  ACCESS_TOKEN,
  connect,
  HEAD_SHA,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { BitbucketClient } from './client';
import { BitbucketCloudConfig } from './config';
import { keyOf } from './keys';
import { postStatus } from './statuses';

describe('postStatus', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  const post = (fields: Partial<ScmStatusRequest> = {}) => {
    const { integration, deps } = connect(bitbucket, egress, {
      config: new BitbucketCloudConfig(),
      secret: ACCESS_TOKEN,
    });
    const ofCommit = { owner: OWNER, repository: REPOSITORY, commitSha: HEAD_SHA, state: 'success', context: 'scan' };
    const request = Object.assign(new ScmStatusRequest(), { ...ofCommit, ...fields });
    const context = { operationId: randomUUID(), upsertKey: 'scan', signal: AbortSignal.timeout(60_000) };
    return postStatus(new BitbucketClient(integration, deps), request, context);
  };
  const statuses = () => bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA);
  const writes = () => bitbucket.requests.filter(({ method }) => method !== 'GET');

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

  it('posts once under its own key, and links to the commit by default', async () => {
    const url = `${bitbucket.url}/acme/shop/commits/${HEAD_SHA}`;
    const statusId = keyOf('status', 'scan');

    expect(await post({ description: 'Fine' })).toEqual({
      ...{ outcome: 'created', statusId, url, state: 'success', context: 'scan', truncated: [] },
    });
    expect(await post({ description: 'Fine' })).toMatchObject({ outcome: 'unchanged' });
    expect(statuses()).toEqual([{ key: statusId, name: 'scan', state: 'SUCCESSFUL', description: 'Fine', url }]);
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ['pending', 'INPROGRESS'],
    ['failure', 'FAILED'],
    ['error', 'FAILED'],
  ] as const)('maps %s to %s, and replaces the previous status', async (state, expected) => {
    await post();

    expect(await post({ state, targetUrl: 'https://scan.example/1' })).toMatchObject({ outcome: 'updated' });
    expect(statuses()).toMatchObject([{ state: expected, url: 'https://scan.example/1' }]);
  });

  it('keeps contexts with the same beginning apart', async () => {
    const long = 'security/static-analysis/typescript/frontend';
    await post({ context: `${long}/eu` });
    await post({ context: `${long}/us` });

    expect(statuses()).toHaveLength(2);
    for (const { key } of statuses()) expect(key).toMatch(/^security-static-analysis-ty-[0-9a-f]{12}$/);
  });

  it('cuts a description, and reports it', async () => {
    const { truncated } = await post({ description: 'x'.repeat(300) });

    expect(truncated).toEqual([{ field: 'description', was: 300, now: 255, unit: 'characters' }]);
  });

  it.each(['http://scanner:8080/scans/1', 'https://localhost/scans/1'])(
    'leaves out a link that Bitbucket does not accept: %s',
    async (targetUrl) => {
      const url = `${bitbucket.url}/acme/shop/commits/${HEAD_SHA}`;
      const truncated = [{ field: 'targetUrl', was: targetUrl.length, now: 0, unit: 'characters' }];

      expect(await post({ targetUrl })).toMatchObject({ outcome: 'created', url, truncated });
      expect(statuses()).toMatchObject([{ url }]);
    },
  );

  it('escapes braces in a link, which Bitbucket would take for variables', async () => {
    await post({ targetUrl: 'https://scan.example/?scan={3f25}&of={repository.full_name}' });

    expect(statuses()).toMatchObject([{ url: 'https://scan.example/?scan=%7B3f25%7D&of=%7Brepository.full_name%7D' }]);
  });

  it('reports a missing commit', async () => {
    await expect(post({ commitSha: '9'.repeat(40) })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });
});

describe('keyOf', () => {
  it('returns a short key for any name, and different keys for statuses and reports', () => {
    for (const name of ['a', '✓', 'Scan (prod) – EU', 'x'.repeat(255)]) {
      expect(keyOf('status', name)).toMatch(/^[a-z0-9][a-z0-9-]{0,26}-[0-9a-f]{12}$/);
      expect(keyOf('report', name)).not.toBe(keyOf('status', name));
    }
    expect(keyOf('status', '✓')).toMatch(/^status-/);
  });
});

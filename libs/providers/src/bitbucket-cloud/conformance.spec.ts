import { annotationRequests, describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import {
  added,
  CONSUMER,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { createBitbucketCloudPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createBitbucketCloudPlugin,
  // The kind of credential that needs the most calls.
  config: { authentication: 'oauth_consumer' },
  credential: CONSUMER,
  requests: annotationRequests({
    owner: OWNER,
    repository: REPOSITORY,
    pullRequestNumber: PULL_REQUEST,
    headSha: HEAD_SHA,
  }),
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const bitbucket = await startAcme({ files: [added('a.ts', 40)] });
  return {
    url: bitbucket.url,
    stored: () => bitbucket.world.shown - statusesOfRuns(bitbucket),
    // The suite issues many tokens; only the most recent ones can still be in use.
    secrets: () => [...bitbucket.issued.slice(-3), CONSUMER.split(':')[1]!],
    reset: () => bitbucket.reset(),
    stop: async () => {
      await bitbucket.stop();
      expect(bitbucket.violations).toEqual([]);
    },
  };
}

/** The build statuses of check runs, each of which counts as one with its report. */
function statusesOfRuns(bitbucket: FakeBitbucketCloud): number {
  return bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA).filter(({ name }) => String(name).startsWith('check: '))
    .length;
}

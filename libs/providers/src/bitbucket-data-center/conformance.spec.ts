import { annotationRequests, describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import {
  added,
  HEAD_SHA,
  OWNER,
  PROJECT_TOKEN,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import { createBitbucketDataCenterPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createBitbucketDataCenterPlugin,
  config: {},
  credential: TOKEN,
  requests: annotationRequests({
    owner: OWNER,
    repository: REPOSITORY,
    pullRequestNumber: PULL_REQUEST,
    headSha: HEAD_SHA,
  }),
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const bitbucket = await startAcme({ basePath: '/bitbucket', files: [added('a.ts', 40)] });
  const at = [OWNER, REPOSITORY, HEAD_SHA] as const;
  return {
    url: bitbucket.url,
    // A check run's build status and report count as one.
    stored: () =>
      bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).comments.length +
      bitbucket.builds(...at).filter(({ key }) => !key.startsWith('check: ')).length +
      bitbucket.reports(...at).length,
    secrets: () => [PROJECT_TOKEN],
    reset: () => bitbucket.reset(),
    stop: async () => {
      await bitbucket.stop();
      expect(bitbucket.violations).toEqual([]);
    },
  };
}

import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
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

const TARGET = { owner: OWNER, repository: REPOSITORY };
const NAME = 'sast';

describeProviderConformance({
  createPlugin: createBitbucketCloudPlugin,
  // The kind of credential that takes the most calls.
  config: { authentication: 'oauth_consumer' },
  credential: CONSUMER,
  requests: {
    comment: Object.assign(new ScmCommentRequest(), { ...TARGET, pullRequestNumber: PULL_REQUEST, body: 'All good.' }),
    status: Object.assign(new ScmStatusRequest(), { ...TARGET, commitSha: HEAD_SHA, state: 'success', context: NAME }),
    check_run: Object.assign(new ScmCheckRunRequest(), {
      ...TARGET,
      headSha: HEAD_SHA,
      name: NAME,
      conclusion: 'failure',
      summary: 'Two findings.',
      annotations: [1, 2].map((line) => ({
        ...{ path: 'a.ts', startLine: line, endLine: line + 1 },
        ...{ annotationLevel: 'warning', message: `Look at ${line}.` },
      })),
    }),
    inline_comments: {
      ...{ ...TARGET, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, outdated: 'resolve' },
      comments: [1, 2].map((line) => ({
        ...{ fingerprint: `f${line}`, path: 'a.ts', startLine: line, endLine: line, body: 'Look here.' },
      })),
    },
    pull_request: { ...TARGET, pullRequestNumber: PULL_REQUEST },
  },
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const bitbucket = await startAcme({ files: [added('a.ts', 40)] });
  return {
    url: bitbucket.url,
    stored: () => bitbucket.world.shown - statusesOfRuns(bitbucket),
    // Of the many that the suite has given out, those that can be about still.
    secrets: () => [...bitbucket.issued.slice(-3), CONSUMER.split(':')[1]!],
    reset: () => bitbucket.reset(),
    stop: async () => {
      await bitbucket.stop();
      expect(bitbucket.violations).toEqual([]);
    },
  };
}

/** A check run is a report with its build status, which counts with it. */
function statusesOfRuns(bitbucket: FakeBitbucketCloud): number {
  return bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA).filter(({ name }) => name === `check: ${NAME}`).length;
}

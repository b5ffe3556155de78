import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
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

const TARGET = { owner: OWNER, repository: REPOSITORY };
const NAME = 'sast';

describeProviderConformance({
  createPlugin: createBitbucketDataCenterPlugin,
  config: {},
  credential: TOKEN,
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
  const bitbucket = await startAcme({ basePath: '/bitbucket', files: [added('a.ts', 40)] });
  const at = [OWNER, REPOSITORY, HEAD_SHA] as const;
  return {
    url: bitbucket.url,
    // The build status and the report of a check run are one thing.
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

import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import {
  APP_ID,
  APP_KEY,
  HEAD_SHA,
  INSTALLATION_ID,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { createGitHubAppPlugin } from './plugin';

const TARGET = { owner: OWNER, repository: REPOSITORY };
const finding = { path: 'a.ts', startLine: 1, endLine: 2, annotationLevel: 'warning', message: 'Look here.' };

describeProviderConformance({
  createPlugin: createGitHubAppPlugin,
  config: { appId: APP_ID, installationId: INSTALLATION_ID },
  credential: APP_KEY.privateKey,
  requests: {
    comment: Object.assign(new ScmCommentRequest(), { ...TARGET, pullRequestNumber: PULL_REQUEST, body: 'All good.' }),
    status: Object.assign(new ScmStatusRequest(), {
      ...TARGET,
      commitSha: HEAD_SHA,
      state: 'success',
      context: 'sast',
    }),
    check_run: Object.assign(new ScmCheckRunRequest(), {
      ...TARGET,
      headSha: HEAD_SHA,
      name: 'sast',
      conclusion: 'failure',
      summary: 'Many findings.',
      // More than one request may carry.
      annotations: Array.from({ length: 60 }, () => finding),
    }),
    inline_comments: {
      ...{ ...TARGET, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, outdated: 'resolve' },
      // More than one review may carry.
      comments: Array.from({ length: 40 }, (_, index) => ({
        ...{ fingerprint: `f${index}`, path: 'a.ts', startLine: index + 1, endLine: index + 1, body: 'Look here.' },
      })),
    },
    pull_request: { ...TARGET, pullRequestNumber: PULL_REQUEST },
  },
  // GitHub Enterprise Server says so while its rate limits are switched off.
  harmless: [{ fault: 'answers 404', request: /^GET .*\/rate_limit$/ }],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const patch = `@@ -1,0 +1,40 @@\n${'+line\n'.repeat(40).trimEnd()}`;
  const github = await startAcme({ basePath: '/api/v3', files: [{ filename: 'a.ts', patch }] });
  return {
    url: github.url,
    stored: () => {
      const contexts = github.statuses(OWNER, REPOSITORY, HEAD_SHA).map(({ context }) => context);
      const names = github.checkRuns(OWNER, REPOSITORY, HEAD_SHA).map(({ name }) => name);
      const { comments, reviewComments } = github.pull(OWNER, REPOSITORY, PULL_REQUEST);
      return comments.length + reviewComments.length + new Set(contexts).size + new Set(names).size;
    },
    secrets: () => github.gate.issued,
    reset: () => github.reset(),
    stop: async () => {
      await github.stop();
      expect(github.violations).toEqual([]);
    },
  };
}

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
  },
  // GitHub Enterprise Server says so while its rate limits are switched off.
  harmless: [{ fault: 'answers 404', request: /^GET .*\/rate_limit$/ }],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const github = await startAcme({ basePath: '/api/v3' });
  return {
    url: github.url,
    stored: () => {
      const contexts = github.statuses(OWNER, REPOSITORY, HEAD_SHA).map(({ context }) => context);
      const names = github.checkRuns(OWNER, REPOSITORY, HEAD_SHA).map(({ name }) => name);
      return github.comments(OWNER, REPOSITORY, PULL_REQUEST).length + new Set(contexts).size + new Set(names).size;
    },
    secrets: () => github.gate.issued,
    reset: () => github.reset(),
    stop: async () => {
      await github.stop();
      expect(github.violations).toEqual([]);
    },
  };
}

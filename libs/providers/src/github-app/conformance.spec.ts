import { annotationRequests, describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
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

describeProviderConformance({
  createPlugin: createGitHubAppPlugin,
  config: { appId: APP_ID, installationId: INSTALLATION_ID },
  credential: APP_KEY.privateKey,
  requests: annotationRequests(
    { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA },
    // More annotations than one request carries, and more remarks than one review.
    { annotations: 60, remarks: 40 },
  ),
  // GitHub Enterprise Server answers 404 while its rate limits are disabled.
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

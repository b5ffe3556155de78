import {
  annotationRequests,
  describeProviderConformance,
  type FakeVendor,
  partsOfCheckRun,
} from '../../../../test/support/conformance';
import {
  added,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-gitea/connection';
import type { FakeGitea } from '../../../../test/support/fake-gitea/index';
import { createGiteaPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createGiteaPlugin,
  config: {},
  credential: TOKEN,
  requests: annotationRequests({
    owner: OWNER,
    repository: REPOSITORY,
    pullRequestNumber: PULL_REQUEST,
    headSha: HEAD_SHA,
  }),
  harmless: [
    // Proxies may hide the version.
    { fault: 'answers 403', request: /^GET .*\/version$/ },
    { fault: 'answers 404', request: /^GET .*\/version$/ },
    // The answer for a repository that cannot exist.
    { fault: 'answers 404', request: /^(POST|PATCH) .*\/-\// },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const gitea = await startAcme({ basePath: '/git', diff: added('a.ts', 40) });
  return {
    url: gitea.url,
    stored: () => gitea.world.shown - partsOfCheckRun(bodiesOf(gitea)),
    secrets: () => [],
    reset: () => gitea.reset(),
    stop: async () => {
      await gitea.stop();
      expect(gitea.violations).toEqual([]);
    },
  };
}

function bodiesOf(gitea: FakeGitea): string[] {
  const { comments, reviews } = gitea.pull(OWNER, REPOSITORY, PULL_REQUEST);
  return [...comments, ...reviews.flatMap((review) => review.comments)].map(({ body }) => body);
}

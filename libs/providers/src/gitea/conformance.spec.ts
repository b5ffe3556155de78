import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { checkRunMarker, markerOf, remarkSet } from '@integrations/provider-kit';
import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
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

const TARGET = { owner: OWNER, repository: REPOSITORY };
const UPSERT_KEY = 'conformance';
const NAME = 'sast';

describeProviderConformance({
  createPlugin: createGiteaPlugin,
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
        ...{ path: 'a.ts', startLine: line, endLine: line + 1, annotationLevel: 'warning' },
        message: `Look at ${line}.`,
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
  harmless: [
    // Proxies may keep the version to themselves.
    { fault: 'answers 403', request: /^GET .*\/version$/ },
    { fault: 'answers 404', request: /^GET .*\/version$/ },
    // Of a repository that cannot exist.
    { fault: 'answers 404', request: /^(POST|PATCH) .*\/-\// },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const gitea = await startAcme({ basePath: '/git', diff: added('a.ts', 40) });
  return {
    url: gitea.url,
    stored: () => gitea.world.shown - partsOfRuns(gitea),
    secrets: () => [],
    reset: () => gitea.reset(),
    stop: async () => {
      await gitea.stop();
      expect(gitea.violations).toEqual([]);
    },
  };
}

/** A check run is a status with its comment and its remarks: these count with it, each that is there twice does not. */
function partsOfRuns(gitea: FakeGitea): number {
  const group = remarkSet('check_run', UPSERT_KEY, []).group;
  const { comments, reviews } = gitea.pull(OWNER, REPOSITORY, PULL_REQUEST);
  const bodies = [...comments, ...reviews.flatMap((review) => review.comments)].map(({ body }) => body);
  const markers = bodies.map((body) => markerOf(body) ?? '');
  return new Set(markers.filter((one) => one.startsWith(group) || one === checkRunMarker(NAME, UPSERT_KEY))).size;
}

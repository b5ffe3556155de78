import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { checkRunMarker, markerOf, remarkSet } from '@integrations/provider-kit';
import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import {
  edited,
  HEAD_SHA,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../../../test/support/fake-azure-devops/index';
import { createAzureDevOpsPlugin } from './plugin';

const TARGET = { owner: PROJECT, repository: REPOSITORY };
const UPSERT_KEY = 'conformance';
const NAME = 'sast';

describeProviderConformance({
  createPlugin: createAzureDevOpsPlugin,
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
  const azure = await startAcme({ basePath: '/tfs/Collection', changes: [edited('a.ts')] });
  return {
    url: azure.url,
    stored: () => azure.world.shown - partsOfRuns(azure),
    secrets: () => azure.issued,
    reset: () => azure.reset(),
    stop: async () => {
      await azure.stop();
      expect(azure.violations).toEqual([]);
    },
  };
}

/** A check run is a status with its comment and its remarks: these count with it, each that is there twice does not. */
function partsOfRuns(azure: FakeAzureDevOps): number {
  const { group } = remarkSet('check_run', UPSERT_KEY, []);
  const comments = azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST).threads.flatMap((thread) => thread.comments);
  const markers = comments.map(({ content }) => markerOf(content) ?? '');
  return new Set(markers.filter((one) => one.startsWith(group) || one === checkRunMarker(NAME, UPSERT_KEY))).size;
}

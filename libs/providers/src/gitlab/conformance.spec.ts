import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { checkRunMarker, markerOf, remarkSet } from '@integrations/provider-kit';
import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import {
  added,
  HEAD_SHA,
  JOB_TOKEN,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-gitlab/connection';
import type { FakeGitLab } from '../../../../test/support/fake-gitlab/index';
import { createGitLabPlugin } from './plugin';

const TARGET = { owner: OWNER, repository: REPOSITORY };
const UPSERT_KEY = 'conformance';
const NAME = 'sast';

describeProviderConformance({
  createPlugin: createGitLabPlugin,
  config: {},
  credential: TOKEN,
  requests: {
    comment: Object.assign(new ScmCommentRequest(), { ...TARGET, pullRequestNumber: MERGE_REQUEST, body: 'All good.' }),
    status: Object.assign(new ScmStatusRequest(), { ...TARGET, commitSha: HEAD_SHA, state: 'success', context: NAME }),
    check_run: Object.assign(new ScmCheckRunRequest(), {
      ...TARGET,
      headSha: HEAD_SHA,
      name: NAME,
      conclusion: 'failure',
      summary: 'Two findings.',
      annotations: [1, 2].map((line) => ({
        ...{
          path: 'a.ts',
          startLine: line,
          endLine: line + 1,
          annotationLevel: 'warning',
          message: `Look at ${line}.`,
        },
      })),
    }),
    inline_comments: {
      ...{ ...TARGET, pullRequestNumber: MERGE_REQUEST, headSha: HEAD_SHA, outdated: 'resolve' },
      comments: [1, 2].map((line) => ({
        ...{ fingerprint: `f${line}`, path: 'a.ts', startLine: line, endLine: line, body: 'Look here.' },
      })),
    },
    pull_request: { ...TARGET, pullRequestNumber: MERGE_REQUEST },
  },
  // Not every token may ask for the version.
  harmless: [
    { fault: 'answers 403', request: /^GET .*\/metadata$/ },
    { fault: 'answers 404', request: /^GET .*\/metadata$/ },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const gitlab = await startAcme({ basePath: '/gitlab', files: [added('a.ts', 40)] });
  return {
    url: gitlab.url,
    stored: () => gitlab.world.shown - partsOfRuns(gitlab),
    secrets: () => [JOB_TOKEN],
    reset: () => gitlab.reset(),
    stop: async () => {
      await gitlab.stop();
      expect(gitlab.violations).toEqual([]);
    },
  };
}

/** A check run is a status with its note and its remarks: these count with it, each that is there twice does not. */
function partsOfRuns(gitlab: FakeGitLab): number {
  const group = remarkSet('check_run', UPSERT_KEY, []).group;
  const markers = gitlab.notes(PROJECT, MERGE_REQUEST).map((body) => markerOf(body) ?? '');
  return new Set(markers.filter((one) => one.startsWith(group) || one === checkRunMarker(NAME, UPSERT_KEY))).size;
}

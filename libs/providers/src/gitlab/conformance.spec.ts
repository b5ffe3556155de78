import {
  annotationRequests,
  describeProviderConformance,
  type FakeVendor,
  partsOfCheckRun,
} from '../../../../test/support/conformance';
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
import { createGitLabPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createGitLabPlugin,
  config: {},
  credential: TOKEN,
  requests: annotationRequests({
    owner: OWNER,
    repository: REPOSITORY,
    pullRequestNumber: MERGE_REQUEST,
    headSha: HEAD_SHA,
  }),
  // Not every token may read the version.
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
    stored: () => gitlab.world.shown - partsOfCheckRun(gitlab.notes(PROJECT, MERGE_REQUEST)),
    secrets: () => [JOB_TOKEN],
    reset: () => gitlab.reset(),
    stop: async () => {
      await gitlab.stop();
      expect(gitlab.violations).toEqual([]);
    },
  };
}

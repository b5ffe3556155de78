import {
  annotationRequests,
  describeProviderConformance,
  type FakeVendor,
  partsOfCheckRun,
} from '../../../../test/support/conformance';
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

describeProviderConformance({
  createPlugin: createAzureDevOpsPlugin,
  config: {},
  credential: TOKEN,
  requests: annotationRequests({
    owner: PROJECT,
    repository: REPOSITORY,
    pullRequestNumber: PULL_REQUEST,
    headSha: HEAD_SHA,
  }),
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const azure = await startAcme({ basePath: '/tfs/Collection', changes: [edited('a.ts')] });
  return {
    url: azure.url,
    stored: () => azure.world.shown - partsOfCheckRun(bodiesOf(azure)),
    secrets: () => azure.issued,
    reset: () => azure.reset(),
    stop: async () => {
      await azure.stop();
      expect(azure.violations).toEqual([]);
    },
  };
}

function bodiesOf(azure: FakeAzureDevOps): string[] {
  const { threads } = azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST);
  return threads.flatMap(({ comments }) => comments.map(({ content }) => content));
}

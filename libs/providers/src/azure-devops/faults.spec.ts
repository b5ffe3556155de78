import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  edited,
  HEAD_SHA,
  LONE_SHA,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import {
  COMMON_FAULTS,
  describeFaultMatrix,
  type Misbehaviour,
  type Scenario,
} from '../../../../test/support/fake-vendor/fault-matrix';
import {
  annotations,
  type Annotator,
  commonScenarios,
  operationsOn,
  remarks,
} from '../../../../test/support/fake-vendor/operations';
import { azureDevOpsAnnotations } from './annotations';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';

const PAGE = '<html><body>Our services are not available right now</body></html>';
const BLOCKED = JSON.stringify({
  message:
    "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency'.",
  typeKey: 'RequestBlockedException',
});

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '503 page although the request was processed': () => ({ processed: true, reply: { status: 503, body: PAGE } }),
  '429': () => ({ processed: false, reply: { status: 429, headers: { 'retry-after': '1' }, body: BLOCKED } }),
  '503 for a rate limit': () => ({ processed: false, reply: { status: 503, body: BLOCKED } }),
};

const operations = operationsOn({
  owner: PROJECT,
  repository: REPOSITORY,
  pullRequestNumber: PULL_REQUEST,
  headSha: HEAD_SHA,
});
const { status, checkRun, inline } = operations;

const SCENARIOS: readonly Scenario<Annotator>[] = [
  ...commonScenarios(operations),
  { name: 'a status of a commit without a pull request', before: [], operation: status({ commitSha: LONE_SHA }) },
  { name: 'a check run', before: [], operation: checkRun({ annotations: annotations(1, 2) }) },
  {
    name: 'an updated check run',
    before: [checkRun({ annotations: annotations(1, 2) })],
    operation: checkRun({ annotations: annotations(2, 2), summary: 'Others.' }),
  },
  {
    name: 'inline comments on lines and without a place',
    before: [],
    operation: inline([...remarks(28, 2), { ...remarks(1, 1)[0]!, path: 'other.ts' }]),
  },
  {
    name: 'updated remarks',
    before: [inline(remarks(1, 2))],
    operation: inline([{ ...remarks(2, 1)[0]!, body: 'Worse.' }, ...remarks(3, 1)]),
  },
  { name: 'deleted inline comments', before: [inline(remarks(1, 2))], operation: inline(remarks(2, 1), 'delete') },
];

describe('whatever goes wrong between us and Azure DevOps, an operation that is retried until it succeeds', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    azure = await startAcme({ changes: [edited('src/shop.ts')] });
  });
  afterEach(() => expect(azure.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await azure.stop();
  });

  /** Everything stored at Azure DevOps, without ids. */
  const stored = () => {
    const { threads, statuses } = azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST);
    return {
      threads: threads.map(({ comments, threadContext, pullRequestThreadContext, status: state }) => ({
        ...{ threadContext, pullRequestThreadContext, state },
        comments: comments.map(({ content, isDeleted }) => ({ content, isDeleted })),
      })),
      statuses: [statuses, ...[HEAD_SHA, LONE_SHA].map((sha) => azure.statuses(PROJECT, REPOSITORY, sha))].map((all) =>
        all.map(({ state, name, description, iterationId }) => ({ state, name, description, iterationId })),
      ),
    };
  };

  const begin = () => {
    azure.reset();
    const { integration, deps } = connect(azure, egress, { config: new AzureDevOpsConfig() });
    return () => azureDevOpsAnnotations(new AzureDevOpsClient(integration, deps));
  };

  describeFaultMatrix({
    ...{ scenarios: SCENARIOS, faults: FAULTS, begin, stored },
    vendor: () => azure,
    harmless: [],
    attemptMs: 10_000,
    timeoutMs: 60_000,
  });
});

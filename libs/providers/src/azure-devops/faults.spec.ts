import { randomUUID } from 'node:crypto';
import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
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
  type VendorOperation,
} from '../../../../test/support/fake-vendor/fault-matrix';
import { azureDevOpsAnnotations } from './annotations';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';

type Client = ReturnType<typeof azureDevOpsAnnotations>;
type Operation = VendorOperation<Client>;

const PAGE = '<html><body>Our services are not available right now</body></html>';
const BLOCKED = JSON.stringify({
  message:
    "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency'.",
  typeKey: 'RequestBlockedException',
});

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '503 page although it was done': () => ({ processed: true, reply: { status: 503, body: PAGE } }),
  '429': () => ({ processed: false, reply: { status: 429, headers: { 'retry-after': '1' }, body: BLOCKED } }),
  '503 that is a limit': () => ({ processed: false, reply: { status: 503, body: BLOCKED } }),
};

const place = { owner: PROJECT, repository: REPOSITORY };
const operation = () => ({ operationId: randomUUID(), upsertKey: 'sast' });

function comment(fields: Partial<ScmCommentRequest> = {}): Operation {
  const onPull = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
  const request = Object.assign(new ScmCommentRequest(), { ...onPull, ...fields });
  const context = operation();
  return (client, signal) => client.postComment(request, { ...context, signal });
}

function status(fields: Partial<ScmStatusRequest> = {}): Operation {
  const ofCommit = { ...place, commitSha: HEAD_SHA, state: 'success', context: 'scan', description: 'Fine' };
  const request = Object.assign(new ScmStatusRequest(), { ...ofCommit, ...fields });
  const context = operation();
  return (client, signal) => client.postStatus(request, { ...context, signal });
}

function checkRun(from: number, fields: Partial<ScmCheckRunRequest> = {}): Operation {
  const annotations = [from, from + 1].map((line) => ({
    ...{ path: 'src/shop.ts', startLine: line, endLine: line, annotationLevel: 'warning', message: `Line ${line}.` },
  }));
  const ofHead = { ...place, headSha: HEAD_SHA, name: 'SAST', conclusion: 'failure', summary: 'Two.', annotations };
  const request = Object.assign(new ScmCheckRunRequest(), { ...ofHead, ...fields });
  const context = operation();
  return (client, signal) => client.createCheckRun(request, { ...context, signal });
}

const remarks = (from: number, count: number): InlineComment[] =>
  Array.from({ length: count }, (_, index) => ({
    fingerprint: `remark ${from + index}`,
    path: 'src/shop.ts',
    ...{ startLine: from + index, endLine: from + index + 1 },
    body: `Look at line ${from + index}.`,
  }));

function inline(comments: InlineComment[], outdated: InlineCommentsRequest['outdated'] = 'resolve'): Operation {
  const request = { ...place, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, comments, outdated };
  const context = operation();
  return (client, signal) => client.postInlineComments(request, { ...context, signal });
}

const SCENARIOS: readonly Scenario<Client>[] = [
  { name: 'a first comment', before: [], operation: comment() },
  { name: 'a comment brought up to date', before: [comment()], operation: comment({ body: 'All fixed.' }) },
  { name: 'a further comment', before: [comment()], operation: comment({ updateExisting: false }) },
  { name: 'a status', before: [], operation: status() },
  { name: 'a status of a commit alone', before: [], operation: status({ commitSha: LONE_SHA }) },
  { name: 'a status that ends', before: [status({ state: 'pending' })], operation: status() },
  { name: 'a check run', before: [], operation: checkRun(1) },
  { name: 'a check run brought up to date', before: [checkRun(1)], operation: checkRun(2, { summary: 'Others.' }) },
  {
    name: 'remarks, at lines and nowhere',
    before: [],
    operation: inline([...remarks(28, 2), { ...remarks(1, 1)[0]!, path: 'other.ts' }]),
  },
  {
    name: 'remarks brought up to date',
    before: [inline(remarks(1, 2))],
    operation: inline([{ ...remarks(2, 1)[0]!, body: 'Worse.' }, ...remarks(3, 1)]),
  },
  { name: 'remarks that come back', before: [inline(remarks(1, 1)), inline([])], operation: inline(remarks(1, 1)) },
  { name: 'remarks that are deleted', before: [inline(remarks(1, 2))], operation: inline(remarks(2, 1), 'delete') },
];

describe('whatever goes wrong between us and Azure DevOps, an operation that runs until it succeeds', () => {
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

  /** All that stands at Azure DevOps, without ids. */
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

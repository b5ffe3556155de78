import { randomUUID } from 'node:crypto';
import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { type EgressClient, type InlineComment, type InlineCommentsRequest } from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitea/connection';
import type { FakeGitea } from '../../../../test/support/fake-gitea/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import {
  COMMON_FAULTS,
  describeFaultMatrix,
  type Misbehaviour,
  type Scenario,
  type VendorOperation,
} from '../../../../test/support/fake-vendor/fault-matrix';
import { giteaAnnotations } from './annotations';
import { GiteaClient } from './client';
import { GiteaConfig } from './config';

type Client = ReturnType<typeof giteaAnnotations>;
type Operation = VendorOperation<Client>;

const PAGE = '<html><body>502 Bad Gateway</body></html>';

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '500 that says nothing': () => ({ processed: false, reply: { status: 500, body: '{"message":"","url":""}' } }),
  '502 page although it was done': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '429 of a proxy': () => ({ processed: false, reply: { status: 429, headers: { 'retry-after': '1' }, body: PAGE } }),
};

const place = { owner: OWNER, repository: REPOSITORY };
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

const [second] = remarks(2, 1);
const moved = { ...second!, startLine: 20, endLine: 20 };

const SCENARIOS: readonly Scenario<Client>[] = [
  { name: 'a first comment', before: [], operation: comment() },
  { name: 'a comment brought up to date', before: [comment()], operation: comment({ body: 'All fixed.' }) },
  { name: 'a further comment', before: [comment()], operation: comment({ updateExisting: false }) },
  { name: 'a status', before: [], operation: status() },
  { name: 'a status that ends', before: [status({ state: 'pending' })], operation: status() },
  { name: 'a check run', before: [], operation: checkRun(1) },
  { name: 'a check run brought up to date', before: [checkRun(1)], operation: checkRun(2, { summary: 'Others.' }) },
  { name: 'remarks, at lines and nowhere', before: [], operation: inline([...remarks(28, 2), ...remarks(90, 1)]) },
  {
    name: 'remarks brought up to date, of which one has moved',
    before: [inline(remarks(1, 3))],
    operation: inline([{ ...remarks(1, 1)[0]!, body: 'Worse.' }, moved, ...remarks(4, 1)]),
  },
  { name: 'remarks that come back', before: [inline(remarks(1, 1)), inline([])], operation: inline(remarks(1, 1)) },
  {
    name: 'remarks of which one is to go',
    before: [inline(remarks(1, 2))],
    operation: inline(remarks(2, 1), 'delete'),
  },
  { name: 'remarks that are to go', before: [inline(remarks(1, 2))], operation: inline([], 'delete') },
];

describe('whatever goes wrong between us and Gitea, an operation that runs until it succeeds', () => {
  let gitea: FakeGitea;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    gitea = await startAcme({ diff: added('src/shop.ts', 40) });
  });
  afterEach(() => expect(gitea.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await gitea.stop();
  });

  /** What stands at Gitea, without ids; of statuses those that count. */
  const stored = () => {
    const { comments, reviews } = gitea.pull(OWNER, REPOSITORY, PULL_REQUEST);
    const statuses = gitea.statuses(OWNER, REPOSITORY, HEAD_SHA);
    return {
      comments: comments.map(({ body }) => body),
      reviews: reviews.map((review) => ({
        state: review.state,
        comments: review.comments.map(({ body, line, resolver }) => ({ body, line, isResolved: resolver !== null })),
      })),
      statuses: statuses.map(({ state, context, description }) => ({ state, context, description })),
    };
  };

  const begin = () => {
    gitea.reset();
    const { integration, deps } = connect(gitea, egress, { config: new GiteaConfig() });
    return () => giteaAnnotations(new GiteaClient(integration, deps));
  };

  describeFaultMatrix({
    ...{ scenarios: SCENARIOS, faults: FAULTS, begin, stored },
    vendor: () => gitea,
    harmless: [204],
    attemptMs: 10_000,
    timeoutMs: 60_000,
  });
});

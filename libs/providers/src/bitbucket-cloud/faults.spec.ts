import { randomUUID } from 'node:crypto';
import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
import {
  API_TOKEN,
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import {
  COMMON_FAULTS,
  describeFaultMatrix,
  type Misbehaviour,
  type Scenario,
  type VendorOperation,
} from '../../../../test/support/fake-vendor/fault-matrix';
import { bitbucketAnnotations } from './annotations';
import { BitbucketClient } from './client';
import { BitbucketCloudConfig } from './config';

type Client = ReturnType<typeof bitbucketAnnotations>;
type Operation = VendorOperation<Client>;

const PAGE = '<html><body>Bitbucket is unavailable</body></html>';

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '502 page although it was done': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '503 that names a time': () => ({
    processed: false,
    reply: { status: 503, headers: { 'retry-after': '1' }, body: PAGE },
  }),
  '429 that says nothing else': () => ({
    processed: false,
    reply: { status: 429, body: 'Rate limit for this resource has been exceeded' },
  }),
};

const FILES = [added('src/shop.ts', 40)];
const HIDDEN = [30];
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

/** With annotations for two calls. */
function checkRun(from: number, count: number): Operation {
  const annotations = Array.from({ length: count }, (_, index) => ({
    ...{ path: 'src/shop.ts', startLine: from + index, endLine: from + index },
    ...{ annotationLevel: 'warning', message: `Line ${from + index}.` },
  }));
  const ofHead = { ...place, headSha: HEAD_SHA, name: 'SAST', conclusion: 'failure', summary: 'Some.', annotations };
  const request = Object.assign(new ScmCheckRunRequest(), ofHead);
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
  { name: 'a status that ends', before: [status({ state: 'pending' })], operation: status() },
  { name: 'a check run', before: [], operation: checkRun(1, 101) },
  { name: 'a check run that grows', before: [checkRun(1, 2)], operation: checkRun(1, 3) },
  { name: 'a check run with others gone', before: [checkRun(1, 3)], operation: checkRun(2, 3) },
  // The diff shows line 30, but Bitbucket takes no remark that ends on it.
  {
    name: 'remarks, at lines, a file and nowhere',
    before: [],
    operation: inline([...remarks(28, 2), ...remarks(90, 1), { ...remarks(1, 1)[0]!, path: 'other.ts' }]),
  },
  {
    name: 'remarks brought up to date',
    before: [inline(remarks(1, 2))],
    operation: inline([{ ...remarks(2, 1)[0]!, body: 'Worse.' }, ...remarks(3, 1)]),
  },
  { name: 'remarks that come back', before: [inline(remarks(1, 1)), inline([])], operation: inline(remarks(1, 1)) },
  { name: 'remarks that are deleted', before: [inline(remarks(1, 2))], operation: inline(remarks(2, 1), 'delete') },
];

describe('whatever goes wrong between us and Bitbucket, an operation that runs until it succeeds', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    bitbucket = await startAcme({ files: FILES });
  });
  afterEach(() => expect(bitbucket.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await bitbucket.stop();
  });

  /** All that stands at Bitbucket, without ids. */
  const stored = () => ({
    comments: bitbucket
      .pullRequest(OWNER, REPOSITORY, PULL_REQUEST)
      .comments.map(({ raw, inline: at, deleted, resolvedBy }) => ({
        raw,
        at,
        deleted,
        isResolved: resolvedBy !== null,
      })),
    statuses: bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA),
    reports: bitbucket
      .reports(OWNER, REPOSITORY, HEAD_SHA)
      .map(({ fields, annotations }) => ({ fields, annotations: [...annotations.values()] })),
  });

  const begin = () => {
    bitbucket.reset();
    bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).hidden = HIDDEN;
    const config = Object.assign(new BitbucketCloudConfig(), { authentication: 'api_token' });
    const { integration, deps } = connect(bitbucket, egress, { config, secret: API_TOKEN });
    return () => bitbucketAnnotations(new BitbucketClient(integration, deps));
  };

  describeFaultMatrix({
    ...{ scenarios: SCENARIOS, faults: FAULTS, begin, stored },
    vendor: () => bitbucket,
    // What is not there yet, and a place that is refused.
    harmless: [204, 400, 404],
    attemptMs: 10_000,
    timeoutMs: 60_000,
  });
});

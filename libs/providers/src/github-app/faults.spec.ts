import { randomUUID } from 'node:crypto';
import {
  type ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  ScmCommentRequest,
  ScmStatusRequest,
} from '@integrations/contracts';
import { type EgressClient, type InlineComment, type InlineCommentsRequest } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import {
  COMMON_FAULTS,
  describeFaultMatrix,
  type Misbehaviour,
  type Scenario,
  type VendorOperation,
} from '../../../../test/support/fake-vendor/fault-matrix';
import { githubAnnotations } from './annotations';
import { GitHubClient } from '../vendors/github/client';

type Client = ReturnType<typeof githubAnnotations>;
type Operation = VendorOperation<Client>;

const PAGE = '<html><body>Bad Gateway</body></html>';
const LIMIT = '{"message":"You have exceeded a secondary rate limit. Please wait."}';
const inAMoment = () => String(Math.ceil(Date.now() / 1000) + 1);

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '500': () => ({ processed: false, reply: { status: 500 } }),
  '502 page although it was done': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '403 rate limit with headers': () => ({
    processed: false,
    reply: { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMoment() } },
  }),
  '403 rate limit without headers': () => ({ processed: false, reply: { status: 403, body: LIMIT } }),
  '429': () => ({ processed: false, reply: { status: 429, headers: { 'retry-after': '1' } } }),
};

const FILES = [{ filename: 'src/shop.ts', patch: `@@ -1,0 +1,100 @@\n${'+line\n'.repeat(100).trimEnd()}` }];
const HIDDEN = [50];
const place = { owner: OWNER, repository: REPOSITORY };
const annotations = (count: number, message: string): ScmCheckRunAnnotation[] =>
  Array.from({ length: count }, (_, index) => ({
    path: 'src/shop.ts',
    startLine: index + 1,
    endLine: index + 1,
    annotationLevel: 'warning' as const,
    message: `${message} ${index}`,
  }));
const operation = () => ({ operationId: randomUUID(), upsertKey: 'sast' });

function comment(fields: Partial<ScmCommentRequest> = {}): Operation {
  const request = Object.assign(new ScmCommentRequest(), {
    ...place,
    pullRequestNumber: PULL_REQUEST,
    body: 'Two findings.',
    ...fields,
  });
  const context = operation();
  return (client, signal) => client.postComment(request, { ...context, signal });
}

function status(): Operation {
  const fields = { ...place, commitSha: HEAD_SHA, state: 'success', context: 'scan', description: 'Fine' };
  const request = Object.assign(new ScmStatusRequest(), fields);
  const context = operation();
  return (client, signal) => client.postStatus(request, { ...context, signal });
}

function checkRun(fields: Partial<ScmCheckRunRequest> = {}): Operation {
  const request = Object.assign(new ScmCheckRunRequest(), {
    ...place,
    headSha: HEAD_SHA,
    name: 'SAST',
    conclusion: 'failure',
    ...fields,
  });
  const context = operation();
  return (client, signal) => client.createCheckRun(request, { ...context, signal });
}

const remarks = (from: number, count: number): InlineComment[] =>
  Array.from({ length: count }, (_, index) => ({
    fingerprint: `remark ${from + index}`,
    path: 'src/shop.ts',
    startLine: from + index,
    endLine: from + index + 1,
    body: `Look at line ${from + index}.`,
  }));

function inline(comments: InlineComment[], outdated: InlineCommentsRequest['outdated'] = 'resolve'): Operation {
  const request = { ...place, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, comments, outdated };
  const context = operation();
  return (client, signal) => client.postInlineComments(request, { ...context, signal });
}

const running = { status: 'in_progress', conclusion: undefined } as const;

const SCENARIOS: readonly Scenario<Client>[] = [
  { name: 'a first comment', before: [], operation: comment() },
  { name: 'a comment brought up to date', before: [comment()], operation: comment({ body: 'All fixed.' }) },
  { name: 'a further comment', before: [comment()], operation: comment({ updateExisting: false }) },
  { name: 'a status', before: [], operation: status() },
  { name: 'a check run', before: [], operation: checkRun({ annotations: annotations(20, 'new') }) },
  { name: 'a check run in three parts', before: [], operation: checkRun({ annotations: annotations(120, 'new') }) },
  {
    name: 'a check run that was announced',
    before: [checkRun(running)],
    operation: checkRun({ annotations: annotations(120, 'new') }),
  },
  { name: 'remarks in two reviews', before: [], operation: inline(remarks(1, 40)) },
  { name: 'remarks at a file', before: [], operation: inline(remarks(90, 13)) },
  // The diff that GitHub lists shows line 50, but it takes no comment on it.
  { name: 'a review of which one comment is refused', before: [], operation: inline(remarks(45, 8)) },
  {
    name: 'remarks brought up to date',
    before: [inline(remarks(1, 4))],
    operation: inline([...remarks(3, 3), ...remarks(1, 1).map((remark) => ({ ...remark, body: 'Worse.' }))]),
  },
  {
    name: 'remarks that come back',
    before: [inline(remarks(1, 2)), inline([])],
    operation: inline(remarks(1, 1)),
  },
  {
    name: 'remarks that are deleted',
    before: [inline(remarks(1, 3))],
    operation: inline(remarks(3, 1), 'delete'),
  },
  {
    name: 'a check run that takes the place of a running one',
    before: [checkRun({ ...running, annotations: annotations(60, 'old') })],
    operation: checkRun({ annotations: annotations(60, 'new') }),
  },
];

describe('whatever goes wrong between us and GitHub, an operation that runs until it succeeds', () => {
  let github: FakeGitHub;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  afterEach(() => expect(github.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  /** All that stands at GitHub, without ids and times. */
  const stored = () => ({
    remarks: github
      .pull(OWNER, REPOSITORY, PULL_REQUEST)
      .reviewComments.map(({ body, line, startLine, subjectType, isResolved }) => ({
        ...{ body, line, startLine, subjectType, isResolved },
      }))
      .sort((a, b) => a.body.localeCompare(b.body, 'en')),
    comments: github.comments(OWNER, REPOSITORY, PULL_REQUEST).map(({ body, author }) => ({ body, author })),
    statuses: github
      .statuses(OWNER, REPOSITORY, HEAD_SHA)
      .map(({ state, context, description }) => ({ state, context, description })),
    checkRuns: github
      .checkRuns(OWNER, REPOSITORY, HEAD_SHA)
      .map(({ id: _, started_at: _start, completed_at: _end, ...run }) => ({
        ...run,
        annotations: [...run.annotations],
      })),
  });

  const begin = () => {
    github.reset();
    Object.assign(github.pull(OWNER, REPOSITORY, PULL_REQUEST), { files: FILES, hidden: HIDDEN });
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    return () => githubAnnotations(new GitHubClient(integration, deps));
  };

  describeFaultMatrix({
    ...{ scenarios: SCENARIOS, faults: FAULTS, begin, stored },
    vendor: () => github,
    harmless: [204, 422],
    attemptMs: 5_000,
  });
});

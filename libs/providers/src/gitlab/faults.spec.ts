import { randomUUID } from 'node:crypto';
import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import {
  type EgressClient,
  type InlineComment,
  type InlineCommentsRequest,
  ProviderError,
} from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  LONE_SHA,
  loopbackEgress,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitlab/connection';
import type { FakeGitLab, Fault } from '../../../../test/support/fake-gitlab/index';
import { gitlabAnnotations } from './annotations';
import { GitLabClient } from './client';
import { GitLabConfig } from './config';

type Misbehaviour = Pick<Fault, 'processed' | 'reply'>;
type Operation = (client: ReturnType<typeof gitlabAnnotations>, signal: AbortSignal) => Promise<unknown>;

const PAGE = '<html><body>GitLab is not responding</body></html>';
const inAMoment = () => String(Math.ceil(Date.now() / 1_000) + 1);

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  'lost reply': () => ({ processed: true, reply: 'reset' }),
  'reset before it is processed': () => ({ processed: false, reply: 'reset' }),
  '500': () => ({ processed: false, reply: { status: 500, body: '{"message":"500 Internal Server Error"}' } }),
  '500 although it was done': () => ({ processed: true, reply: { status: 500 } }),
  '502 page although it was done': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '409 lock': () => ({
    processed: false,
    reply: { status: 409, body: '{"message":"Another update to this commit status is in progress"}' },
  }),
  '429 in plain text': () => ({
    processed: false,
    reply: { status: 429, headers: { 'retry-after': '1' }, body: 'Retry later' },
  }),
  '429 that tells its window only': () => ({
    processed: false,
    reply: {
      status: 429,
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': inAMoment() },
      body: 'Retry later',
    },
  }),
  'hang before it is processed': () => ({ processed: false, reply: 'hang' }),
  'hang although it was done': () => ({ processed: true, reply: 'hang' }),
  'garbage although it was done': () => ({ processed: true, reply: 'garbage' }),
  'body cut off although it was done': () => ({ processed: true, reply: 'truncate' }),
};

const FILES = [added('src/shop.ts', 40)];
const HIDDEN = [30];
const place = { owner: OWNER, repository: REPOSITORY };
const operation = () => ({ operationId: randomUUID(), upsertKey: 'sast' });

function comment(fields: Partial<ScmCommentRequest> = {}): Operation {
  const onPull = { ...place, pullRequestNumber: MERGE_REQUEST, body: 'Two findings.' };
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
  const request = { ...place, pullRequestNumber: MERGE_REQUEST, headSha: HEAD_SHA, comments, outdated };
  const context = operation();
  return (client, signal) => client.postInlineComments(request, { ...context, signal });
}

const SCENARIOS: readonly { name: string; before: readonly Operation[]; operation: Operation }[] = [
  { name: 'a first comment', before: [], operation: comment() },
  { name: 'a comment brought up to date', before: [comment()], operation: comment({ body: 'All fixed.' }) },
  { name: 'a further comment', before: [comment()], operation: comment({ updateExisting: false }) },
  { name: 'a status', before: [], operation: status() },
  { name: 'a status without a pipeline', before: [], operation: status({ commitSha: LONE_SHA }) },
  { name: 'a status that ends', before: [status({ state: 'pending' })], operation: status() },
  {
    name: 'a run that waits again',
    before: [checkRun(1, { status: 'in_progress', conclusion: undefined as never })],
    operation: checkRun(1, { status: 'queued', conclusion: undefined as never }),
  },
  { name: 'a check run', before: [], operation: checkRun(1) },
  { name: 'a check run brought up to date', before: [checkRun(1)], operation: checkRun(2, { summary: 'Others.' }) },
  // The diff that GitLab lists shows line 30, but it takes no remark on it.
  {
    name: 'remarks, at lines, a file and nowhere',
    before: [],
    operation: inline([...remarks(28, 2), ...remarks(90, 1)]),
  },
  {
    name: 'remarks brought up to date',
    before: [inline(remarks(1, 2))],
    operation: inline([{ ...remarks(2, 1)[0]!, body: 'Worse.' }, ...remarks(3, 1)]),
  },
  { name: 'remarks that come back', before: [inline(remarks(1, 1)), inline([])], operation: inline(remarks(1, 1)) },
  { name: 'remarks that are deleted', before: [inline(remarks(1, 2))], operation: inline(remarks(2, 1), 'delete') },
];

describe('whatever goes wrong between us and GitLab, an operation that runs until it succeeds', () => {
  let gitlab: FakeGitLab;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    gitlab = await startAcme({ files: FILES });
  });
  afterEach(() => expect(gitlab.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await gitlab.stop();
  });

  /** All that stands at GitLab, without ids. */
  const stored = () => ({
    discussions: gitlab
      .mergeRequest(PROJECT, MERGE_REQUEST)
      .discussions.map(({ notes, position, resolvedBy, individual }) => ({
        ...{ position, individual, isResolved: resolvedBy !== null },
        notes: notes.map(({ body }) => body),
      })),
    statuses: [HEAD_SHA, LONE_SHA].flatMap((sha) =>
      gitlab.statuses(PROJECT, sha).map(({ status, name, description, ref }) => ({ status, name, description, ref })),
    ),
    pipelines: gitlab.world.project(PROJECT).pipelines.length,
  });

  /** As the dispatcher does it: a new session for each attempt; transient errors are tried again. */
  const run = async (scenario: (typeof SCENARIOS)[number], fault?: Misbehaviour & { at: number }) => {
    gitlab.reset();
    gitlab.mergeRequest(PROJECT, MERGE_REQUEST).hidden = HIDDEN;
    const { integration, deps } = connect(gitlab, egress, { config: new GitLabConfig() });
    const session = () => gitlabAnnotations(new GitLabClient(integration, deps));
    for (const before of scenario.before) await before(session(), AbortSignal.timeout(10_000));

    const patience = new AbortController();
    let seen = 0;
    const when = () => {
      const isHit = ++seen === fault?.at;
      // Not by time alone: on a busy machine the attempt would end before the fault.
      if (isHit && fault.reply === 'hang') setTimeout(() => patience.abort(), 20);
      return isHit;
    };
    if (fault) gitlab.inject({ ...fault, when });
    gitlab.requests.length = 0;
    const errors: ProviderError[] = [];
    for (;;) {
      const signal = errors.length === 0 ? patience.signal : AbortSignal.timeout(10_000);
      try {
        await scenario.operation(session(), signal);
        const faulty = gitlab.requests[(fault?.at ?? 0) - 1];
        const isHarmless = fault?.reply === 'garbage' && [204, 400].includes(faulty!.status);
        return { errors, requests: gitlab.requests.length, state: stored(), isHarmless };
      } catch (error) {
        if (!(error instanceof ProviderError) || !error.transient || errors.length === 3) throw error;
        errors.push(error);
      }
    }
  };

  describe.each(SCENARIOS)('$name', (scenario) => {
    it.each(Object.keys(FAULTS))(
      'leaves what it would have left without a fault: %s',
      async (name) => {
        const clean = await run(scenario);
        for (let at = 1; at <= clean.requests; at++) {
          const { errors, state, isHarmless } = await run(scenario, { ...FAULTS[name]!(), at });
          // Garbage in place of a refusal, or behind a 204, is no failure.
          expect(errors).toHaveLength(isHarmless ? 0 : 1);
          expect(state).toEqual(clean.state);
        }
      },
      60_000,
    );
  });
});

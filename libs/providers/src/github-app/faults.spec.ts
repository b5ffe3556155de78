import type { EgressClient } from '@integrations/provider-kit';
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
} from '../../../../test/support/fake-vendor/fault-matrix';
import {
  annotations,
  type Annotator,
  commonScenarios,
  operationsOn,
  remarks,
} from '../../../../test/support/fake-vendor/operations';
import { githubAnnotations } from './annotations';
import { GitHubClient } from '../vendors/github/client';

const PAGE = '<html><body>Bad Gateway</body></html>';
const LIMIT = '{"message":"You have exceeded a secondary rate limit. Please wait."}';
const inAMoment = () => String(Math.ceil(Date.now() / 1000) + 1);

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '500': () => ({ processed: false, reply: { status: 500 } }),
  '502 page although the request was processed': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '403 rate limit with headers': () => ({
    processed: false,
    reply: { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMoment() } },
  }),
  '403 rate limit without headers': () => ({ processed: false, reply: { status: 403, body: LIMIT } }),
  '429': () => ({ processed: false, reply: { status: 429, headers: { 'retry-after': '1' } } }),
};

const FILES = [{ filename: 'src/shop.ts', patch: `@@ -1,0 +1,100 @@\n${'+line\n'.repeat(100).trimEnd()}` }];
const HIDDEN = [50];
const operations = operationsOn({
  owner: OWNER,
  repository: REPOSITORY,
  pullRequestNumber: PULL_REQUEST,
  headSha: HEAD_SHA,
});
const { comment, status, checkRun, inline } = operations;

const running = { status: 'in_progress', conclusion: undefined } as const;

const SCENARIOS: readonly Scenario<Annotator>[] = [
  ...commonScenarios(operations),
  { name: 'a check run', before: [], operation: checkRun({ annotations: annotations(1, 20) }) },
  { name: 'a check run in three parts', before: [], operation: checkRun({ annotations: annotations(1, 120) }) },
  {
    name: 'a check run that was announced',
    before: [checkRun(running)],
    operation: checkRun({ annotations: annotations(1, 120) }),
  },
  { name: 'remarks in two reviews', before: [], operation: inline(remarks(1, 40)) },
  { name: 'remarks at a file', before: [], operation: inline(remarks(90, 13)) },
  // GitHub's list of files shows line 50 in the diff, but GitHub rejects a comment on it.
  { name: 'a review of which one comment is refused', before: [], operation: inline(remarks(45, 8)) },
  {
    name: 'updated remarks',
    before: [inline(remarks(1, 4))],
    operation: inline([...remarks(3, 3), ...remarks(1, 1).map((remark) => ({ ...remark, body: 'Worse.' }))]),
  },
  {
    name: 'deleted inline comments',
    before: [inline(remarks(1, 3))],
    operation: inline(remarks(3, 1), 'delete'),
  },
  {
    name: 'a check run that replaces a running one',
    before: [checkRun({ ...running, annotations: annotations(1, 60) })],
    operation: checkRun({ annotations: annotations(61, 60) }),
  },
];

describe('whatever goes wrong between us and GitHub, an operation that is retried until it succeeds', () => {
  let github: FakeGitHub;
  let egress: EgressClient;
  /** Shares its cached tokens with every operation, except those that must start without any. */
  let kept: ReturnType<typeof connection>;

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
    kept = connection();
    const session = begin(kept)();
    for (const operation of [comment(), status(), checkRun(), inline(remarks(1, 1))]) {
      await operation(session, AbortSignal.timeout(5_000));
    }
  });
  afterEach(() => expect(github.violations).toEqual([]));
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  /** Everything stored at GitHub, without ids and times. */
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

  const connection = () => connect(github, egress, { config: { appId: String(APP_ID) } });
  const begin = ({ integration, deps } = connection()) => {
    github.world.reset();
    github.clearFaults();
    Object.assign(github.pull(OWNER, REPOSITORY, PULL_REQUEST), { files: FILES, hidden: HIDDEN });
    return () => githubAnnotations(new GitHubClient(integration, deps));
  };

  const matrix = { faults: FAULTS, stored, vendor: () => github, harmless: [204, 422], attemptMs: 5_000 };
  describeFaultMatrix({ ...matrix, scenarios: SCENARIOS, begin: () => begin(kept) });
  const withoutToken = { name: 'a comment for which a token is fetched', before: [], operation: comment() };
  describeFaultMatrix({ ...matrix, scenarios: [withoutToken], begin });
});

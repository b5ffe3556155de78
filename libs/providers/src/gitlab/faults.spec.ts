import type { EgressClient } from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  LONE_SHA,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitlab/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import type { FakeGitLab } from '../../../../test/support/fake-gitlab/index';
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
import { gitlabAnnotations } from './annotations';
import { GitLabClient } from '../vendors/gitlab/client';
import { GitLabConfig } from './config';

const PAGE = '<html><body>GitLab is not responding</body></html>';
const inAMoment = () => String(Math.ceil(Date.now() / 1_000) + 1);

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '500': () => ({ processed: false, reply: { status: 500, body: '{"message":"500 Internal Server Error"}' } }),
  '502 page although the request was processed': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '409 lock': () => ({
    processed: false,
    reply: { status: 409, body: '{"message":"Another update to this commit status is in progress"}' },
  }),
  '429 in plain text': () => ({
    processed: false,
    reply: { status: 429, headers: { 'retry-after': '1' }, body: 'Retry later' },
  }),
  '429 with window headers only': () => ({
    processed: false,
    reply: {
      status: 429,
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': inAMoment() },
      body: 'Retry later',
    },
  }),
};

const FILES = [added('src/shop.ts', 40)];
const HIDDEN = [30];
const operations = operationsOn({
  owner: OWNER,
  repository: REPOSITORY,
  pullRequestNumber: MERGE_REQUEST,
  headSha: HEAD_SHA,
});
const { status, checkRun, inline } = operations;

const SCENARIOS: readonly Scenario<Annotator>[] = [
  ...commonScenarios(operations),
  { name: 'a status without a pipeline', before: [], operation: status({ commitSha: LONE_SHA }) },
  {
    name: 'a check run that is queued again',
    before: [checkRun({ annotations: annotations(1, 2), status: 'in_progress', conclusion: undefined as never })],
    operation: checkRun({ annotations: annotations(1, 2), status: 'queued', conclusion: undefined as never }),
  },
  { name: 'a check run', before: [], operation: checkRun({ annotations: annotations(1, 2) }) },
  {
    name: 'an updated check run',
    before: [checkRun({ annotations: annotations(1, 2) })],
    operation: checkRun({ annotations: annotations(2, 2), summary: 'Others.' }),
  },
  // GitLab's diff shows line 30, but GitLab rejects a remark on it.
  {
    name: 'inline comments on lines, on a file and without a place',
    before: [],
    operation: inline([...remarks(28, 2), ...remarks(90, 1)]),
  },
  {
    name: 'updated remarks',
    before: [inline(remarks(1, 2))],
    operation: inline([{ ...remarks(2, 1)[0]!, body: 'Worse.' }, ...remarks(3, 1)]),
  },
  { name: 'deleted inline comments', before: [inline(remarks(1, 2))], operation: inline(remarks(2, 1), 'delete') },
];

describe('whatever goes wrong between us and GitLab, an operation that is retried until it succeeds', () => {
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

  /** Everything stored at GitLab, without ids. */
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

  const begin = () => {
    gitlab.reset();
    gitlab.mergeRequest(PROJECT, MERGE_REQUEST).hidden = HIDDEN;
    const { integration, deps } = connect(gitlab, egress, { config: new GitLabConfig() });
    return () => gitlabAnnotations(new GitLabClient(integration, deps));
  };

  describeFaultMatrix({
    ...{ scenarios: SCENARIOS, faults: FAULTS, begin, stored },
    vendor: () => gitlab,
    harmless: [204, 400],
    attemptMs: 10_000,
    timeoutMs: 60_000,
  });
});

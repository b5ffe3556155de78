import type { EgressClient } from '@integrations/provider-kit';
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
} from '../../../../test/support/fake-vendor/fault-matrix';
import {
  annotations,
  type Annotator,
  commonScenarios,
  operationsOn,
  remarks,
} from '../../../../test/support/fake-vendor/operations';
import { giteaAnnotations } from './annotations';
import { GiteaClient } from './client';
import { GiteaConfig } from './config';

const PAGE = '<html><body>502 Bad Gateway</body></html>';

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '500 without a message': () => ({ processed: false, reply: { status: 500, body: '{"message":"","url":""}' } }),
  '502 page although the request was processed': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '429 of a proxy': () => ({ processed: false, reply: { status: 429, headers: { 'retry-after': '1' }, body: PAGE } }),
};

const operations = operationsOn({
  owner: OWNER,
  repository: REPOSITORY,
  pullRequestNumber: PULL_REQUEST,
  headSha: HEAD_SHA,
});
const { checkRun, inline } = operations;

const [second] = remarks(2, 1);
const moved = { ...second!, startLine: 20, endLine: 20 };

const SCENARIOS: readonly Scenario<Annotator>[] = [
  ...commonScenarios(operations),
  { name: 'a check run', before: [], operation: checkRun({ annotations: annotations(1, 2) }) },
  {
    name: 'an updated check run',
    before: [checkRun({ annotations: annotations(1, 2) })],
    operation: checkRun({ annotations: annotations(2, 2), summary: 'Others.' }),
  },
  {
    name: 'updated remarks, of which one has moved',
    before: [inline(remarks(1, 3))],
    operation: inline([{ ...remarks(1, 1)[0]!, body: 'Worse.' }, moved, ...remarks(4, 1)]),
  },
  {
    name: 'remarks of which one is deleted',
    before: [inline(remarks(1, 2))],
    operation: inline(remarks(2, 1), 'delete'),
  },
  { name: 'remarks that are all deleted', before: [inline(remarks(1, 2))], operation: inline([], 'delete') },
];

describe('whatever goes wrong between us and Gitea, an operation that is retried until it succeeds', () => {
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

  /** What is stored at Gitea, without ids; only the current statuses. */
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

import type { EgressClient } from '@integrations/provider-kit';
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
} from '../../../../test/support/fake-vendor/fault-matrix';
import {
  annotations,
  type Annotator,
  commonScenarios,
  operationsOn,
  remarks,
} from '../../../../test/support/fake-vendor/operations';
import { bitbucketAnnotations } from './annotations';
import { BitbucketClient } from './client';
import { BitbucketCloudConfig } from './config';

const PAGE = '<html><body>Bitbucket is unavailable</body></html>';

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '502 page although the request was processed': () => ({ processed: true, reply: { status: 502, body: PAGE } }),
  '503 with Retry-After': () => ({
    processed: false,
    reply: { status: 503, headers: { 'retry-after': '1' }, body: PAGE },
  }),
  '429 without headers': () => ({
    processed: false,
    reply: { status: 429, body: 'Rate limit for this resource has been exceeded' },
  }),
};

const FILES = [added('src/shop.ts', 40)];
const HIDDEN = [30];
const operations = operationsOn({
  owner: OWNER,
  repository: REPOSITORY,
  pullRequestNumber: PULL_REQUEST,
  headSha: HEAD_SHA,
});
const { checkRun, inline } = operations;

const SCENARIOS: readonly Scenario<Annotator>[] = [
  ...commonScenarios(operations),
  { name: 'a check run', before: [], operation: checkRun({ annotations: annotations(1, 101) }) },
  {
    name: 'a check run with more annotations',
    before: [checkRun({ annotations: annotations(1, 2) })],
    operation: checkRun({ annotations: annotations(1, 3) }),
  },
  {
    name: 'a check run with fewer annotations',
    before: [checkRun({ annotations: annotations(1, 3) })],
    operation: checkRun({ annotations: annotations(2, 3) }),
  },
  // The diff shows line 30, but Bitbucket rejects a remark that ends on it.
  {
    name: 'inline comments on lines, on a file and without a place',
    before: [],
    operation: inline([...remarks(28, 2), ...remarks(90, 1), { ...remarks(1, 1)[0]!, path: 'other.ts' }]),
  },
  {
    name: 'updated remarks',
    before: [inline(remarks(1, 2))],
    operation: inline([{ ...remarks(2, 1)[0]!, body: 'Worse.' }, ...remarks(3, 1)]),
  },
  { name: 'deleted inline comments', before: [inline(remarks(1, 2))], operation: inline(remarks(2, 1), 'delete') },
];

describe('whatever goes wrong between us and Bitbucket, an operation that is retried until it succeeds', () => {
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

  /** Everything stored at Bitbucket, without ids. */
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
    // Answers for what does not exist yet, and for a rejected position.
    harmless: [204, 400, 404],
    attemptMs: 10_000,
    timeoutMs: 60_000,
  });
});

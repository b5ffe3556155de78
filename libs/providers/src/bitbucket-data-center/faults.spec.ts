import type { EgressClient } from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import type { FakeBitbucketDataCenter } from '../../../../test/support/fake-bitbucket-data-center/index';
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
import { BitbucketDataCenterConfig } from './config';

const STARTING = '<html><title>Bitbucket is starting up</title></html>';
const LIMITED = '{"errors":[{"context":null,"message":"You have been rate limited","exceptionName":null}]}';

const FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  ...COMMON_FAULTS,
  '500': () => ({ processed: false, reply: { status: 500, body: '{"errors":[]}' } }),
  '503 page of a starting instance': () => ({ processed: false, reply: { status: 503, body: STARTING } }),
  '502 page although the request was processed': () => ({ processed: true, reply: { status: 502, body: STARTING } }),
  '429 with Retry-After': () => ({
    processed: false,
    reply: { status: 429, headers: { 'retry-after': '1' }, body: LIMITED },
  }),
  '429 with bucket headers only': () => ({
    processed: false,
    reply: { status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-fillrate': '5' }, body: LIMITED },
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
  {
    name: 'a running check',
    before: [],
    operation: checkRun({ status: 'in_progress', conclusion: undefined as never }),
  },
  { name: 'a check run', before: [], operation: checkRun({ annotations: annotations(1, 2) }) },
  {
    name: 'an updated check run',
    before: [checkRun({ annotations: annotations(1, 2) })],
    operation: checkRun({ annotations: annotations(2, 2), summary: 'Others.' }),
  },
  {
    name: 'a check run without findings',
    before: [checkRun({ annotations: annotations(1, 2) })],
    operation: checkRun({ conclusion: 'success' }),
  },
  // The diff shows line 30, but Bitbucket rejects a comment on it.
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

describe('whatever goes wrong between us and Bitbucket, an operation that is retried until it succeeds', () => {
  let bitbucket: FakeBitbucketDataCenter;
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

  /** Everything stored at Bitbucket, without ids and versions. */
  const stored = () => ({
    comments: bitbucket
      .pullRequest(OWNER, REPOSITORY, PULL_REQUEST)
      .comments.map(({ text, anchor, resolvedBy }) => ({ text, anchor, isResolved: resolvedBy !== null })),
    builds: bitbucket.builds(OWNER, REPOSITORY, HEAD_SHA).map(({ createdDate: _, updatedDate: __, ...build }) => build),
    reports: bitbucket.reports(OWNER, REPOSITORY, HEAD_SHA).map(({ body, annotations }) => ({ body, annotations })),
  });

  const begin = () => {
    bitbucket.reset();
    bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).hidden = HIDDEN;
    const { integration, deps } = connect(bitbucket, egress, { config: new BitbucketDataCenterConfig() });
    return () => bitbucketAnnotations(new BitbucketClient(integration, deps));
  };

  describeFaultMatrix({
    ...{ scenarios: SCENARIOS, faults: FAULTS, begin, stored },
    vendor: () => bitbucket,
    harmless: [204, 400, 404],
    attemptMs: 10_000,
    timeoutMs: 60_000,
  });
});

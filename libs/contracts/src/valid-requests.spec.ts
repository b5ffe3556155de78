import fc from 'fast-check';
import {
  CHECK_RUN_CONCLUSIONS,
  CHECK_RUN_STATUSES,
  COMMIT_STATES,
  DiscoverRequest,
  IntegrationIdRequest,
  ListReferrersRequest,
  ListRegistryRepositoriesRequest,
  ListTagsRequest,
  ProbeDraftRequest,
  ResolveImageRequest,
  ScmCheckRunRequest,
  ScmCommentRequest,
  ScmOperationRequest,
  ScmPublishRequest,
  ScmStatusRequest,
  SEVERITIES,
  validate,
} from './index';
import { ANNOTATION_LEVELS, WAIT_MODES } from './scm-requests';

const text = (maxLength: number, minLength = 0) =>
  fc
    .string({ unit: 'grapheme', minLength, maxLength })
    .map((value) => value.replaceAll('\0', '').slice(0, maxLength).toWellFormed())
    .filter((value) => value.length >= minLength);
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
const sha = fc.stringMatching(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
const url = fc.webUrl({ validSchemes: ['http', 'https'] });
const integrationId = fc.uuid();
const line = fc.integer({ min: 1, max: 1_000_000 });
const repository = fc
  .array(fc.stringMatching(/^[a-z0-9]{1,10}$/), { minLength: 1, maxLength: 4 })
  .chain((parts) => fc.constantFrom('/', '.', '_', '__', '-').map((by) => parts.join(by)));
const digest = fc.stringMatching(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/);

const PAGE = { limit: fc.integer({ min: 1, max: 100 }), cursor: text(4_000), q: text(200, 1) };
const ANNOTATE = {
  ...{ owner: path, repository: name, integrationId, idempotencyKey: text(255, 1), upsertKey: text(255, 1) },
  ...{ revision: fc.maxSafeNat(), deadlineMs: fc.integer({ min: 100, max: 86_400_000 }), dryRun: fc.boolean() },
  wait: fc.constantFrom(...WAIT_MODES),
};
const lines = fc.tuple(line, fc.nat(1_000)).map(([startLine, more]) => ({ startLine, endLine: startLine + more }));
const annotation = fc
  .tuple(
    lines,
    fc.record(
      { path, annotationLevel: fc.constantFrom(...ANNOTATION_LEVELS), message: text(300, 1), title: text(1_000) },
      { requiredKeys: ['path', 'annotationLevel', 'message'] },
    ),
  )
  .map(([place, rest]) => ({ ...place, ...rest }));
const finding = fc.record(
  {
    ...{ ruleId: text(512, 1), severity: fc.constantFrom(...SEVERITIES), message: text(300, 1), title: text(1_000) },
    ...{
      path,
      fingerprint: text(512, 1),
      helpUri: url,
      cwe: fc.stringMatching(/^CWE-\d{1,7}$/),
      suggestion: text(100),
    },
  },
  { requiredKeys: ['ruleId', 'severity', 'message'] },
);
const completion = fc.oneof(
  fc.constantFrom<object>({}, ...CHECK_RUN_STATUSES.filter((s) => s !== 'completed').map((status) => ({ status }))),
  fc.record(
    { status: fc.constant('completed'), conclusion: fc.constantFrom(...CHECK_RUN_CONCLUSIONS) },
    { requiredKeys: ['conclusion'] },
  ),
);

type Fields = Record<string, fc.Arbitrary<unknown>>;
type Case = readonly [dto: new () => object, fields: Fields, required: readonly string[]];

const PLACE = ['owner', 'repository'];
const CASES: readonly Case[] = [
  [IntegrationIdRequest, { integrationId }, ['integrationId']],
  [
    ProbeDraftRequest,
    {
      ...{ integrationId, provider: fc.constantFrom('in_memory', 'github_app', 'oci'), endpoint: url },
      ...{
        authRef: text(512),
        config: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer()),
        requestedBy: text(200),
      },
    },
    ['provider'],
  ],
  [DiscoverRequest, { ...PAGE, integrationId, kind: fc.constant('repositories') }, ['integrationId', 'kind']],
  [ListRegistryRepositoriesRequest, { ...PAGE, integrationId }, ['integrationId']],
  [ListTagsRequest, { ...PAGE, integrationId, repository }, ['integrationId', 'repository']],
  [
    ResolveImageRequest,
    {
      ...{
        integrationId,
        repository,
        reference: fc.oneof(digest, fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/)),
      },
      platform: fc.stringMatching(/^[a-z0-9]{1,30}\/[a-z0-9_]{1,30}(\/[a-z0-9.]{1,30})?$/),
    },
    ['integrationId', 'repository', 'reference'],
  ],
  [
    ListReferrersRequest,
    { ...PAGE, integrationId, repository, digest, artifactType: text(255, 1) },
    ['integrationId', 'repository', 'digest'],
  ],
  [
    ScmCommentRequest,
    {
      ...{ ...ANNOTATE, pullRequestNumber: line, body: text(1_000, 1) },
      ...{ commentId: fc.stringMatching(/^[0-9A-Za-z_-]{1,64}$/), updateExisting: fc.boolean() },
    },
    [...PLACE, 'pullRequestNumber', 'body'],
  ],
  [
    ScmStatusRequest,
    {
      ...{ ...ANNOTATE, commitSha: sha, state: fc.constantFrom(...COMMIT_STATES), context: text(255, 1) },
      ...{ description: text(10_000), targetUrl: url },
    },
    [...PLACE, 'commitSha', 'state', 'context'],
  ],
  [
    ScmCheckRunRequest,
    {
      ...{ ...ANNOTATE, headSha: sha, name: text(255, 1), summary: text(1_000), text: text(1_000), detailsUrl: url },
      annotations: fc.array(annotation, { maxLength: 10 }),
    },
    [...PLACE, 'headSha', 'name'],
  ],
  [
    ScmPublishRequest,
    {
      ...{ ...ANNOTATE, headSha: sha, title: text(200, 1), maxInline: fc.integer({ min: 0, max: 30 }), sourceUrl: url },
      source: fc.record({ findings: fc.array(finding, { maxLength: 10 }) }),
      ...{ show: fc.record({ status: fc.record({ context: text(255, 1) }) }), ascii: fc.boolean() },
    },
    [...PLACE, 'headSha', 'source', 'show'],
  ],
  [ScmOperationRequest, { operationId: fc.uuid() }, ['operationId']],
];

it.each(CASES.map((each) => [each[0].name, each] as const))(
  'every valid %s is accepted, and its fields arrive as they were sent',
  (_, [dto, fields, requiredKeys]) => {
    const requests = fc.record(fields, { requiredKeys: [...requiredKeys] });
    const more = dto === ScmCheckRunRequest ? completion : fc.constant({});
    fc.assert(
      fc.property(requests, more, (request, rest) => {
        const sent = { ...request, ...rest };
        const checked = validate(dto, JSON.parse(JSON.stringify(sent)));
        expect(checked).toMatchObject({ ok: true, value: sent });
      }),
      { numRuns: 100 },
    );
  },
);

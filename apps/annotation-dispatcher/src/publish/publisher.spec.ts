import type { ScmPublishRequest, ScmPublishResponse } from '@integrations/contracts';
import type { OperationRow } from '@integrations/database';
import { COMMON_LIMITS } from '@integrations/payload-builder';
import {
  type AnnotationContext,
  type PullRequestFacts,
  ProviderError,
  type ScmAnnotationClient,
} from '@integrations/provider-kit';
import { Publisher } from './publisher';

const HEAD = 'a'.repeat(40);
const finding = { ruleId: 'no-eval', severity: 'high', message: 'eval', path: 'src/a.ts', startLine: 3 } as const;
const request: ScmPublishRequest = {
  owner: 'acme',
  repository: 'shop',
  pullRequestNumber: 7,
  headSha: HEAD,
  title: 'Scan',
  source: { findings: [finding, { ...finding, ruleId: 'no-var', severity: 'low' }] },
  show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
  policies: { outdated: 'resolve', closed: 'skip', draft: 'post', locked: 'skip', expectHeadSha: true },
  maxInline: 30,
  ascii: false,
  wait: 'completed',
};
const FACTS: PullRequestFacts = { headSha: HEAD, state: 'open', draft: false, locked: false };
const row = { tenantId: 'acme', lane: 'lane', operation: 'publish', upsertKey: 'sast' } as const;
const written = { outcome: 'created', url: 'https://vendor.example', truncated: [] } as const;

type Calls = { name: string; request: object; upsertKey?: string; leaveAlone?: number; outdated?: string }[];

/** A vendor that accepts everything unless a test overrides it, with the calls it received, in order. */
function vendor(overrides: Partial<ScmAnnotationClient> = {}) {
  const calls: Calls = [];
  const answering =
    <R>(name: string, response: R) =>
    async (asked: object, { upsertKey, leaveAlone, outdated }: Omit<AnnotationContext, 'signal' | 'operationId'>) => {
      const shown = { ...(leaveAlone ? { leaveAlone } : {}), ...(outdated ? { outdated } : {}) };
      calls.push({ name, request: asked, upsertKey, ...shown });
      return response;
    };
  const placed = { outcome: 'created', placed: 'inline', url: 'https://vendor.example/1', reason: null } as const;
  const client: ScmAnnotationClient = {
    readPullRequest: async () => FACTS,
    createCheckRun: answering('check_run', {
      ...written,
      checkRunId: '1',
      status: 'completed',
      conclusion: 'failure',
      annotationsPosted: 2,
    }),
    postStatus: answering('status', { ...written, statusId: '2', state: 'failure', context: 'scan' }),
    postComment: answering('comment', { ...written, commentId: '3' }),
    postInlineComments: async (asked) => {
      calls.push({ name: 'inline', request: asked });
      return { comments: asked.comments.map(({ fingerprint }) => ({ ...placed, fingerprint })), outdated: 0 };
    },
    ...overrides,
  };
  return { client, calls };
}

function publish(
  client: ScmAnnotationClient,
  changes: Partial<ScmPublishRequest> = {},
  signal = new AbortController().signal,
  before: object | null = null,
) {
  const operations = { lastSucceeded: async () => before as OperationRow | null };
  const publisher = new Publisher({
    operations,
    scrub: (text, tenantId) => text.replaceAll(`secret of ${tenantId}`, '[redacted]'),
  });
  const context = { operationId: 'op-1', upsertKey: changes.upsertKey ?? request.title, signal };
  return publisher.publish({ row, request: { ...request, ...changes }, client, context });
}

const fails =
  (...args: ConstructorParameters<typeof ProviderError>) =>
  async () => {
    throw new ProviderError(...args);
  };

describe('a publish request', () => {
  it('is carried out with the conclusion first and the comment last, all under one key', async () => {
    const { client, calls } = vendor();
    const { response, failure } = await publish(client, { upsertKey: 'sast' });
    expect(calls.map(({ name }) => name)).toEqual(['check_run', 'status', 'inline', 'comment']);
    expect(
      calls.filter(({ upsertKey }) => upsertKey !== undefined).every(({ upsertKey }) => upsertKey === 'sast'),
    ).toBe(true);
    expect(calls[0]).not.toHaveProperty('leaveAlone');
    expect(failure).toBeNull();
    expect(response).toMatchObject({
      outcome: 'created',
      conclusion: 'failure',
      items: [{ outcome: 'inline' }, { outcome: 'inline' }],
    });
    // For a finding with a remark on its line, the comment has only the table row.
    expect(calls[3]?.request).not.toMatchObject({ body: expect.stringContaining('Not at a line') });
  });

  it.each<[string, ScmPublishRequest['show']]>([
    ['comment', { comment: true, inline: false }],
    ['checkRun', { comment: false, inline: false, checkRun: { name: 'scan' } }],
    ['status', { comment: false, inline: false, status: { context: 'scan' } }],
    ['inline', { comment: false, inline: true }],
  ])('may be for its %s alone, and leads there', async (part, show) => {
    const { response } = await publish(vendor().client, { show });
    const url = expect.stringContaining('https://vendor.example');
    expect(response).toMatchObject({ outcome: 'created', url, [part]: { outcome: 'created', url } });
  });

  it.each<[readonly ('created' | 'updated' | 'unchanged')[], number, string]>([
    [['unchanged', 'created'], 1, 'created'],
    [['unchanged', 'updated'], 0, 'updated'],
    [['unchanged', 'unchanged'], 1, 'updated'],
    [['unchanged', 'unchanged'], 0, 'unchanged'],
  ])('whose remarks were %j, and %i of before settled, is %s', async (outcomes, outdated, outcome) => {
    const { client } = vendor({
      postInlineComments: async ({ comments }) => ({
        comments: comments.map(({ fingerprint }, index) => ({
          ...{ fingerprint, outcome: outcomes[index]!, placed: 'inline', url: null, reason: null },
        })),
        outdated,
      }),
    });
    const { response } = await publish(client, { show: { comment: false, inline: true } });
    expect(response).toMatchObject({ outcome, inline: { outcome } });
  });

  it('reports everything that was left out, by us and by the vendor', async () => {
    const few = { max: 1_000, unit: 'characters' } as const;
    const limits = { ...COMMON_LIMITS, annotations: 1, comment: few, statusDescription: { ...few, max: 5 } };
    const cutAway = (field: string) => ({ truncated: [{ field, was: 2, now: 1, unit: 'items' as const }] });
    const run = { checkRunId: '1', status: 'completed', conclusion: 'failure', annotationsPosted: 1 } as const;
    const { client } = vendor({
      limits,
      createCheckRun: async () => ({ ...written, ...run, ...cutAway('run') }),
      postStatus: async () => ({ ...written, statusId: '2', state: 'failure', context: 'scan', ...cutAway('status') }),
      postComment: async () => ({ ...written, commentId: '3', ...cutAway('comment') }),
    });
    const findings = Array.from({ length: 30 }, (_, index) => ({ ...finding, ruleId: `rule-${index}` }));
    const { response } = await publish(client, { source: { findings } });
    const fields = (response as ScmPublishResponse).truncated.map(({ field }) => field);
    expect(fields).toEqual([
      ...['comment.findings', 'status.description', 'checkRun.annotations'],
      ...['run', 'status', 'comment'],
    ]);
  });

  it('says where a finding without a line is shown, and which finding is shown nowhere', async () => {
    const source = { findings: [{ ...finding, path: undefined, startLine: undefined }] };
    const run = { comment: false, inline: false, checkRun: { name: 'scan' } };
    const ofRun = await publish(vendor().client, { source, show: run });
    expect(ofRun.response).toMatchObject({ items: [{ outcome: 'summary', url: 'https://vendor.example' }] });

    const show = { comment: false, inline: false, status: { context: 'scan' } };
    const reason = 'no posted part has room for it';
    expect((await publish(vendor().client, { source, show })).response).toMatchObject({
      items: [{ outcome: 'dropped', url: null, reason }],
    });
  });

  it('shows the evidence that the request gives', async () => {
    const { client, calls } = vendor();
    await publish(client, { evidence: { artifact: 'shop:1.2.3' } });
    expect(calls[3]?.request).toMatchObject({ body: expect.stringContaining('`shop:1.2.3`') });
  });

  it.each<[string, object, ScmPublishRequest['policies']['outdated'], string]>([
    ['as the caller says', { executionSuccessful: true }, 'delete', 'delete'],
    ['keeping them where the scan did not run to its end', { executionSuccessful: false }, 'resolve', 'keep'],
  ])('tells a check run that is shown as remarks what to do with earlier ones: %s', async (_, said, asked, told) => {
    const { client, calls } = vendor();
    const run = { tool: { driver: { name: 'T' } }, results: [], invocations: [said] };
    const source = { sarif: { version: '2.1.0', runs: [run] } };
    await publish(client, { source, policies: { ...request.policies, outdated: asked } });
    expect(calls[0]).toMatchObject({ name: 'check_run', outdated: told });
  });

  it('removes secrets of its tenant, but not those of other tenants', async () => {
    const { client, calls } = vendor();
    const message = 'the secret of acme and the secret of globex';
    await publish(client, { source: { findings: [{ ...finding, message }] } });
    const posted = JSON.stringify(calls);
    expect(posted).toContain('the [redacted] and the secret of globex');
    expect(posted).not.toContain('secret of acme');
  });

  it('posts nothing where the pull request has moved on', async () => {
    const { client, calls } = vendor({ readPullRequest: async () => ({ ...FACTS, headSha: 'b'.repeat(40) }) });
    await expect(publish(client)).rejects.toMatchObject({ code: 'stale_head', transient: false });
    expect(calls).toEqual([]);
  });

  it.each<[string, Partial<PullRequestFacts>, string]>([
    ['closed', { state: 'closed' }, 'the pull request is closed'],
    ['locked', { locked: true }, 'the conversation is locked'],
    ['a draft', { draft: true }, 'the pull request is a draft'],
  ])('leaves the conversation of one that is %s alone', async (_, facts, reason) => {
    const { client, calls } = vendor({ readPullRequest: async () => ({ ...FACTS, ...facts }) });
    const { response } = await publish(client, { policies: { ...request.policies, draft: 'skip' } });
    expect(calls.map(({ name }) => name)).toEqual(['check_run', 'status']);
    // Some vendors show the check run in the conversation.
    expect(calls[0]).toMatchObject({ leaveAlone: 7 });
    expect(response).toMatchObject({
      outcome: 'created',
      comment: { outcome: 'skipped', reason },
      inline: { outcome: 'skipped', reason },
    });
  });

  it.each<[string, Partial<PullRequestFacts>, Partial<ScmPublishRequest['policies']>]>([
    ['closed', { state: 'closed' }, { closed: 'post' }],
    ['locked', { locked: true }, { locked: 'post' }],
    ['a draft', { draft: true }, {}],
    ['no draft', {}, { draft: 'skip' }],
  ])('posts to one that is %s where it is asked to', async (_, facts, policies) => {
    const { client } = vendor({ readPullRequest: async () => ({ ...FACTS, ...facts }) });
    const { response } = await publish(client, { policies: { ...request.policies, ...policies } });
    expect(response).toMatchObject({ comment: { outcome: 'created' }, inline: { outcome: 'created' } });
  });

  it('reports findings as shown nowhere if the check run is shown in no conversation', async () => {
    const limits = { ...COMMON_LIMITS, annotationsAreRemarks: true };
    const show = { comment: false, inline: false, checkRun: { name: 'scan' } };
    const run = { ...written, checkRunId: '1', status: 'completed', conclusion: 'failure' } as const;
    const { client } = vendor({ limits, createCheckRun: async () => ({ ...run, annotationsPosted: 0 }) });

    const { response } = await publish(client, { show });
    const nowhere = { outcome: 'dropped', url: null };
    const reason = 'no open pull request has this commit as its head';
    expect(response).toMatchObject({
      items: [
        { ...nowhere, reason },
        { ...nowhere, reason },
      ],
    });

    const skipped = vendor({
      ...{ limits, createCheckRun: async () => ({ ...run, annotationsPosted: 0 }) },
      readPullRequest: async () => ({ ...FACTS, state: 'closed' }),
    });
    const closed = { ...nowhere, reason: 'the pull request is closed' };
    expect((await publish(skipped.client)).response).toMatchObject({ items: [closed, closed] });
    expect((await publish(vendor({ limits }).client, { show })).response).toMatchObject({
      items: [{ outcome: 'annotation', url: 'https://vendor.example' }, { outcome: 'annotation' }],
    });

    // A check run with annotations that were there before.
    const unchanged = vendor({ createCheckRun: async () => ({ ...run, outcome: 'unchanged', annotationsPosted: 0 }) });
    expect((await publish(unchanged.client, { show })).response).toMatchObject({
      items: [{ outcome: 'annotation' }, { outcome: 'annotation' }],
    });
  });

  it.each<[string, boolean, object | null]>([
    ['compared with the run before', true, { new: 1, fixed: 0, unchanged: 1 }],
    ['not compared with one that did not run to its end', false, null],
  ])('is %s', async (_, executionSuccessful, changes) => {
    const physicalLocation = { artifactLocation: { uri: finding.path } };
    const result = { ruleId: finding.ruleId, message: { text: finding.message }, locations: [{ physicalLocation }] };
    const run = { tool: { driver: { name: 'T' } }, results: [result], invocations: [{ executionSuccessful }] };
    const before = { request: { source: { sarif: { version: '2.1.0', runs: [run] } } } };
    const { response } = await publish(vendor().client, {}, undefined, before);
    expect(response).toMatchObject({ changes });
  });

  it('goes on when a part fails, and reports a transient failure before a permanent one', async () => {
    const { client, calls } = vendor({
      createCheckRun: fails('permission_missing', 'no checks:write'),
      postInlineComments: fails('provider_unavailable', '502', { retryAfterMs: 700 }),
    });
    const { response, failure } = await publish(client);
    expect(calls.map(({ name }) => name)).toEqual(['status', 'comment']);
    expect(failure).toMatchObject({
      code: 'provider_unavailable',
      message: 'inline: 502',
      transient: true,
      retryAfterMs: 700,
    });
    expect(response).toMatchObject({
      outcome: 'created',
      checkRun: { outcome: 'failed', errorCode: 'permission_missing' },
      inline: { outcome: 'failed', reason: '502' },
      comment: { outcome: 'created' },
      items: [{ outcome: 'summary', reason: '502' }, { outcome: 'summary' }],
    });
  });

  it('fails if a part fails for good, whatever else was posted', async () => {
    const { client } = vendor({ postStatus: fails('permission_missing', 'no', { httpStatus: 403 }) });
    const { response, failure } = await publish(client);
    expect(response).toMatchObject({
      comment: { outcome: 'created' },
      status: { outcome: 'failed', id: null, url: null },
    });
    expect(failure).toMatchObject({
      ...{ code: 'permission_missing', message: 'status: no', transient: false },
      httpStatus: 403, // shows that the vendor was reached
    });
  });

  it('does not take an error of our own for an answer of the vendor', async () => {
    const { client } = vendor({ postStatus: () => Promise.reject(new TypeError('a bug')) });
    await expect(publish(client)).rejects.toThrow('a bug');
  });

  it('stops at once when the vendor asks to wait', async () => {
    const { client, calls } = vendor({ postStatus: fails('rate_limited', 'slow down', { retryAfterMs: 9_000 }) });
    await expect(publish(client)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 9_000 });
    expect(calls.map(({ name }) => name)).toEqual(['check_run']);
  });

  it('stops at once when the attempt is over', async () => {
    const over = new AbortController();
    const { client, calls } = vendor({
      postStatus: async () => {
        over.abort();
        throw new ProviderError('timeout', 'aborted');
      },
    });
    await expect(publish(client, {}, over.signal)).rejects.toMatchObject({ code: 'timeout' });
    expect(calls.map(({ name }) => name)).toEqual(['check_run']);
  });

  it('lists findings that could not be placed on a line in the summary', async () => {
    const unplaced = { outcome: 'unplaced', placed: null, url: null, reason: 'not in the diff' } as const;
    const { client, calls } = vendor({
      postInlineComments: async ({ comments }) => ({
        comments: comments.map(({ fingerprint }) => ({ ...unplaced, fingerprint })),
        outdated: 0,
      }),
    });
    const { response } = await publish(client, { show: { comment: true, inline: true } });
    expect(calls.at(-1)?.request).toMatchObject({ body: expect.stringContaining('(not in the diff)') });
    expect(response).toMatchObject({
      inline: { outcome: 'unchanged' },
      items: [{ outcome: 'summary', url: 'https://vendor.example', reason: 'not in the diff' }, {}],
    });
  });

  it('does what a provider can, and says what it cannot', async () => {
    const { client } = vendor();
    const { postInlineComments: _, readPullRequest: __, ...poor } = client;
    const { response } = await publish(poor, { headSha: 'c'.repeat(40) });
    expect(response).toMatchObject({
      comment: { outcome: 'created' },
      inline: { outcome: 'skipped', reason: 'the provider places no remarks on lines' },
    });
    expect((await publish({})).response).toMatchObject({
      ...{ outcome: 'skipped', url: null },
      checkRun: { outcome: 'skipped', reason: 'the provider has no check runs' },
      status: { outcome: 'skipped', reason: 'the provider has no commit statuses' },
      comment: { outcome: 'skipped', reason: 'the provider has no comments' },
    });
  });

  it('reports no more than 500 items, and counts the rest', async () => {
    const findings = Array.from({ length: 700 }, (_, index) => ({ ...finding, ruleId: `r${index}` }));
    const { response } = await publish(vendor().client, { source: { findings } });
    expect(response).toMatchObject({ itemsLeftOut: 200, items: { length: 500 } });
  });
});

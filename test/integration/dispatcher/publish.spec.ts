import { readFileSync } from 'node:fs';
import { jetstream } from '@nats-io/jetstream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FakeGitHub } from '../../support/fake-github/index';
import { APP_ID, APP_KEY, INSTALLATION_ID, OWNER, REPOSITORY, startAcme } from '../../support/fake-github/connection';
import { eventually } from '../../support/eventually';
import { DispatcherPlatform, type Reply } from './platform';

const PUBLISH = 'integrations.v1.rpc.scm.publish';
const sarif = JSON.parse(readFileSync('libs/payload-builder/src/__fixtures__/codeql.sarif.json', 'utf8')) as object;
const finding = {
  ruleId: 'no-eval',
  severity: 'high',
  title: 'No eval',
  message: 'ask @octocat',
  path: 'src/a.ts',
  startLine: 2,
};
const SHOW = { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } };

const shaOf = (pullRequest: number) => String(pullRequest).padStart(2, '0').padEnd(40, 'a');
const files = [{ filename: 'src/a.ts', status: 'modified', patch: '@@ -1,2 +1,3 @@\n one\n+two\n three' }] as const;
const pulls = Array.from({ length: 20 }, (_, index) => ({ number: index + 1, headSha: shaOf(index + 1), files }));

let platform: DispatcherPlatform;
let github: FakeGitHub;
let app: NestFastifyApplication;
/** The pull request of the current test; each test has its own pull request and commit. */
let pullRequestNumber = 0;
let headSha = '';
let requestsBefore = 0;

beforeAll(async () => {
  const installation = { id: INSTALLATION_ID, account: OWNER, repositories: [{ name: REPOSITORY, pulls }] };
  github = await startAcme({ installations: [installation] });
  platform = await DispatcherPlatform.start();
  const authRef = platform.storeSecret('hub', 'github.pem', APP_KEY.privateKey);
  const config = { appId: String(APP_ID) };
  await platform.integrate({ tenantId: 'hub', provider: 'github_app', endpoint: github.url, authRef, config });
  await platform.integrate();
  app = await platform.startApp();
});
beforeEach(() => {
  pullRequestNumber += 1;
  headSha = shaOf(pullRequestNumber);
  requestsBefore = github.requests.length;
});
afterEach(() => github.clearFaults());
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await github?.stop();
});

const pull = () => github.pull(OWNER, REPOSITORY, pullRequestNumber);
const comments = () => github.comments(OWNER, REPOSITORY, pullRequestNumber);
const checkRuns = () => github.checkRuns(OWNER, REPOSITORY, headSha);
/** The write requests to GitHub in the current test. */
const writes = (since = requestsBefore) =>
  github.requests.slice(since).filter(({ method, path }) => method !== 'GET' && !/access_tokens|graphql/.test(path));

/** Publishes through the GitHub App of the tenant `hub`. */
const publish = (findings: readonly object[], more: object = {}): Promise<Reply> =>
  platform.ask(
    PUBLISH,
    {
      owner: OWNER,
      repository: REPOSITORY,
      pullRequestNumber,
      headSha,
      upsertKey: 'sast',
      source: { findings },
      show: SHOW,
      ...more,
    },
    { tenant: 'hub' },
  );

describe('a scan published to GitHub', () => {
  it('appears as check run, status, remark and comment, and the result names the place of each finding', async () => {
    const elsewhere = { ...finding, ruleId: 'no-var', severity: 'low', path: 'src/other.ts' };
    const reply = await publish([finding, elsewhere], { evidence: { digest: `sha256:${'b'.repeat(64)}` } });
    expect(reply).toMatchObject({
      success: true,
      result: {
        outcome: 'created',
        conclusion: 'failure',
        counts: { high: 1, low: 1, critical: 0 },
        changes: null,
        checkRun: { outcome: 'created' },
        status: { outcome: 'created' },
        comment: { outcome: 'created' },
        inline: { outcome: 'created' },
        items: [
          { ruleId: 'no-eval', outcome: 'inline', url: expect.stringContaining('http') },
          { ruleId: 'no-var', outcome: 'annotation', reason: expect.any(String) },
        ],
      },
    });
    const [run] = checkRuns();
    expect(run).toMatchObject({
      name: 'scan',
      status: 'completed',
      conclusion: 'failure',
      annotations: [{ path: 'src/a.ts' }, {}],
    });
    expect(github.statuses(OWNER, REPOSITORY, headSha)).toMatchObject([
      { state: 'failure', description: '1 high, 1 low' },
    ]);
    const [comment] = comments();
    expect(comment?.body).toContain('Not at a line of the diff:\n\n- Low `no-var`');
    expect(comment?.body).toContain(`- Artifact: \`sha256:${'b'.repeat(64)}\``);
    expect(pull().reviewComments).toMatchObject([
      { path: 'src/a.ts', line: 2, body: expect.stringContaining('ask @&#8203;octocat') },
    ]);
    expect(github.violations).toEqual([]);
  });

  it('gets its check run and status before anything else', async () => {
    await publish([finding]);
    const order = ['check-runs', 'statuses', 'reviews', 'comments'];
    const kinds = writes().map(({ path }) => order.findIndex((kind) => path.includes(kind)));
    expect(kinds).toEqual([...kinds].sort());
    expect(kinds.at(-1)).toBe(3);
  });

  it('is updated by a second scan, which also shows what changed', async () => {
    await publish([finding, { ...finding, ruleId: 'gone', message: 'gone' }]);
    const moved = { ...finding, startLine: 3 };
    const reply = await publish([moved, { ...finding, ruleId: 'fresh', severity: 'medium', message: 'fresh' }]);
    expect(reply.result).toMatchObject({
      outcome: 'created',
      changes: { new: 1, fixed: 1, unchanged: 1 },
      comment: { outcome: 'updated' },
    });
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain('**1 new**, 1 fixed, 1 unchanged');
    expect(pull().reviewComments.filter(({ isResolved }) => !isResolved)).toHaveLength(2);
  });

  it('is not written again by a third scan that changes nothing', async () => {
    await publish([finding]);
    await publish([finding]); // updates the comment to say that nothing is new
    const before = github.requests.length;
    const reply = await publish([finding]);
    expect(reply.result).toMatchObject({ outcome: 'unchanged' });
    expect(writes(before)).toEqual([]);
  });

  it('without findings passes, so that a required check never stays pending', async () => {
    const reply = await publish([]);
    expect(reply.result).toMatchObject({ conclusion: 'success', items: [] });
    expect(checkRuns()).toMatchObject([{ conclusion: 'success', annotations: [] }]);
  });

  it('gets its other parts even if one fails for good, and the reply names that one', async () => {
    github.inject({
      when: ({ method, path }) => method === 'POST' && path.endsWith('/check-runs'),
      processed: false,
      reply: { status: 422, body: '{"message":"no"}' },
    });
    const reply = await publish([finding]);
    expect(reply).toMatchObject({
      success: false,
      errorMessage: expect.stringMatching(/^checkRun: /),
      result: {
        checkRun: { outcome: 'failed' },
        status: { outcome: 'created' },
        comment: { outcome: 'created' },
        inline: { outcome: 'created' },
      },
    });
    const shown = await platform.ask(
      'integrations.v1.rpc.scm.operation',
      { operationId: reply.operationId },
      { tenant: 'hub' },
    );
    expect(shown.result).toMatchObject({ state: 'failed', outcome: { result: { status: { outcome: 'created' } } } });
  });

  it('is retried when a part fails temporarily, without duplicates', async () => {
    github.inject({
      when: ({ method, path }) => method === 'POST' && path.endsWith(`/issues/${pullRequestNumber}/comments`),
      processed: true,
      reply: 'reset',
    });
    const reply = await publish([finding]);
    expect(reply).toMatchObject({
      success: true,
      result: { checkRun: { outcome: 'unchanged' }, inline: { outcome: 'unchanged' } },
    });
    expect(comments()).toHaveLength(1);
    expect(checkRuns()).toHaveLength(1);
    expect(pull().reviewComments).toHaveLength(1);
  });
});

describe('a pull request', () => {
  it('with a newer head gets nothing, unless the request insists', async () => {
    pull().headSha = 'c'.repeat(40);
    const reply = await publish([finding]);
    expect(reply).toMatchObject({ success: false, errorCode: 'stale_head', result: null });
    expect(checkRuns()).toEqual([]);
    const insisted = await publish([finding], {
      policies: { expectHeadSha: false },
      show: { status: { context: 'scan' } },
    });
    expect(insisted.success).toBe(true);
  });

  it.each([
    ['closed', () => (pull().state = 'closed'), 'the pull request is closed'],
    ['locked', () => (pull().locked = true), 'the conversation is locked'],
  ])('that is %s is left alone, while its commit gets its result', async (_, change, reason) => {
    change();
    const reply = await publish([finding]);
    expect(reply).toMatchObject({
      success: true,
      result: {
        checkRun: { outcome: 'created' },
        comment: { outcome: 'skipped', reason },
        inline: { outcome: 'skipped', reason },
      },
    });
    expect(comments()).toEqual([]);
    expect(pull().reviewComments).toEqual([]);
  });

  it('that is a draft is left alone only if the request says so', async () => {
    pull().draft = true;
    const show = { comment: true };
    expect((await publish([finding], { show, policies: { draft: 'skip' } })).result).toMatchObject({
      outcome: 'skipped',
      url: null,
    });
    expect((await publish([finding], { show })).result).toMatchObject({ comment: { outcome: 'created' } });
  });
});

describe('a scan published to the in_memory provider', () => {
  const place = { owner: 'octo', repository: 'demo', headSha: shaOf(99), upsertKey: 'codeql' };

  it('may be SARIF', async () => {
    const reply = await platform.ask(PUBLISH, { ...place, pullRequestNumber: 1, source: { sarif }, show: SHOW });
    expect(reply).toMatchObject({
      success: true,
      result: { counts: { high: 1, low: 1 }, inline: { outcome: 'created' } },
    });
  });

  it('may arrive through the stream', async () => {
    const request = { ...place, pullRequestNumber: 2, source: { sarif }, show: SHOW, idempotencyKey: 'stream' };
    await jetstream(platform.caller).publish('integrations.v1.annotate.acme.publish', JSON.stringify(request));
    const posted = await eventually('the event', () =>
      platform.events.find(
        ({ subject, body }) =>
          /annotation_posted$/.test(subject) && body['commitSha'] === place.headSha && body['prNumber'] === 2,
      ),
    );
    expect(posted.body).toMatchObject({
      operation: 'publish',
      remoteId: null,
      url: expect.stringContaining('pull/2'),
    });
  });

  it('is only described in a dry run', async () => {
    const before = await platform.written();
    const reply = await platform.ask(PUBLISH, {
      ...place,
      pullRequestNumber: 3,
      source: { sarif },
      show: SHOW,
      dryRun: true,
    });
    expect(reply).toMatchObject({ success: true, result: { operation: 'publish', vendorRequests: [{}, {}, {}] } });
    expect(await platform.written()).toEqual(before);
  });

  it('is refused with the name of the invalid SARIF field, and leaves no trace', async () => {
    const before = await platform.written();
    const wrong = {
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'T' } }, results: [{ message: { text: 'm' }, level: 'fatal' }] }],
    };
    const reply = await platform.ask(PUBLISH, {
      ...place,
      source: { sarif: wrong },
      show: { status: { context: 'x' } },
    });
    expect(reply).toMatchObject({
      success: false,
      errorCode: 'invalid_request',
      details: [{ field: 'source.sarif.runs[0].results[0].level' }],
    });
    expect(await platform.written()).toEqual(before);
  });

  it('is compared only with scans of the same upsertKey, pull request and tenant', async () => {
    const request = { ...place, pullRequestNumber: 4, source: { findings: [finding] }, show: { comment: true } };
    await platform.ask(PUBLISH, request);
    for (const other of [{ upsertKey: 'other' }, { pullRequestNumber: 5 }]) {
      expect((await platform.ask(PUBLISH, { ...request, ...other })).result).toMatchObject({ changes: null });
    }
    await platform.integrate({ tenantId: 'other' });
    expect((await platform.ask(PUBLISH, request, { tenant: 'other' })).result).toMatchObject({ changes: null });
    expect((await platform.ask(PUBLISH, request)).result).toMatchObject({
      changes: { new: 0, fixed: 0, unchanged: 1 },
    });
  });
});

import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest, validate } from '@integrations/contracts';
import type {
  AnnotationContext,
  IntegrationConfig,
  ProviderDeps,
  ScmAnnotation,
  ScmAnnotationClient,
} from '@integrations/provider-kit';
import { Secret } from '@integrations/provider-kit';
import { InMemoryAnnotations } from './annotations';
import { InMemoryClient } from './client';
import { InMemoryConfig } from './config';
import { Memory } from './memory';

const SHA = 'a'.repeat(40);
const comment = { owner: 'acme', repository: 'shop', pullRequestNumber: 7, body: 'all good' };
const status = { owner: 'acme', repository: 'shop', commitSha: SHA, state: 'success', context: 'scan' };
const checkRun = { owner: 'acme', repository: 'shop', headSha: SHA, name: 'scan', conclusion: 'success' };
const finding = { path: 'a.ts', startLine: 1, endLine: 1, annotationLevel: 'notice', message: 'look' };

describe('InMemoryAnnotations', () => {
  it('posts a comment once and then updates it', async () => {
    const { client, memory } = openAnnotations();
    const first = await client.postComment!(commentRequest(), context());
    const again = await client.postComment!(commentRequest(), context({ operationId: 'op-2' }));
    const changed = await client.postComment!(commentRequest({ body: 'three findings' }), context());

    expect(first).toEqual({
      outcome: 'created',
      commentId: '1',
      url: 'memory://acme/shop/pull/7#comment-1',
      truncated: [],
    });
    expect(again).toEqual({ ...first, outcome: 'unchanged' });
    expect(changed).toEqual({ ...first, outcome: 'updated' });
    expect(memory.size).toBe(1);
  });

  it('keeps one comment for each upsert key', async () => {
    const { client, memory } = openAnnotations();
    await client.postComment!(commentRequest(), context({ upsertKey: 'sast' }));
    await client.postComment!(commentRequest(), context({ upsertKey: 'licences' }));

    expect(memory.size).toBe(2);
  });

  it('adds one comment per operation with updateExisting false, also when an operation runs twice', async () => {
    const { client, memory } = openAnnotations();
    const request = commentRequest({ updateExisting: false });
    const outcomes = [];
    for (const operationId of ['op-1', 'op-1', 'op-2']) {
      outcomes.push((await client.postComment!(request, context({ operationId }))).outcome);
    }

    expect(outcomes).toEqual(['created', 'unchanged', 'created']);
    expect(memory.size).toBe(2);
  });

  it('updates the comment with the given id', async () => {
    const { client, memory } = openAnnotations();
    const { commentId } = await client.postComment!(commentRequest(), context({ upsertKey: 'one' }));
    const updated = await client.postComment!(
      commentRequest({ commentId, body: 'changed' }),
      context({ upsertKey: 'another' }),
    );

    expect(updated).toMatchObject({ outcome: 'updated', commentId });
    expect(memory.size).toBe(1);
  });

  it('reports a comment id as unknown on another pull request and for another tenant', async () => {
    const { client, memory } = openAnnotations();
    const { commentId } = await client.postComment!(commentRequest(), context());
    const elsewhere = commentRequest({ commentId, pullRequestNumber: 8 });
    const otherTenant = openAnnotations({ memory, tenantId: 'other' }).client;

    await expect(client.postComment!(elsewhere, context())).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    await expect(otherTenant.postComment!(commentRequest({ commentId }), context())).rejects.toMatchObject({
      code: 'not_found_or_no_access',
    });
  });

  it('sets a status per context, and leaves an equal one unchanged', async () => {
    const { client, memory } = openAnnotations();
    const first = await client.postStatus!(statusRequest(), context());
    const again = await client.postStatus!(statusRequest(), context({ upsertKey: 'whatever' }));
    const changed = await client.postStatus!(statusRequest({ state: 'failure' }), context());
    const other = await client.postStatus!(statusRequest({ context: 'licences' }), context());

    expect(first).toEqual({
      outcome: 'created',
      statusId: '1',
      url: `memory://acme/shop/commit/${SHA}#status-1`,
      state: 'success',
      context: 'scan',
      truncated: [],
    });
    expect([again.outcome, changed.outcome, other.outcome]).toEqual(['unchanged', 'updated', 'created']);
    expect(memory.size).toBe(2);
  });

  it('creates a check run with its annotations, and updates it', async () => {
    const { client } = openAnnotations();
    const first = await client.createCheckRun!(checkRunRequest({ annotations: [finding, finding] }), context());
    const again = await client.createCheckRun!(checkRunRequest({ annotations: [finding, finding] }), context());
    const fixed = await client.createCheckRun!(checkRunRequest({ annotations: [finding] }), context());

    expect(first).toEqual({
      outcome: 'created',
      checkRunId: '1',
      url: `memory://acme/shop/commit/${SHA}#check-run-1`,
      status: 'completed',
      conclusion: 'success',
      annotationsPosted: 2,
      truncated: [],
    });
    expect(again.outcome).toBe('unchanged');
    expect(fixed).toMatchObject({ outcome: 'updated', checkRunId: '1', annotationsPosted: 1 });
  });

  it('queues a check run without status and conclusion', async () => {
    const { client } = openAnnotations();
    const response = await client.createCheckRun!(checkRunRequest({ conclusion: undefined }), context());

    expect(response).toMatchObject({ status: 'queued', conclusion: null });
  });

  it('refuses a completed check run without a conclusion, and stores nothing', async () => {
    const { client, memory } = openAnnotations();
    // Bypasses the validation of requests, which refuses it too.
    const request = Object.assign(checkRunRequest({}), { status: 'completed', conclusion: undefined });

    await expect(client.createCheckRun!(request, context())).rejects.toMatchObject({ code: 'invalid_request' });
    expect(memory.size).toBe(0);
  });

  it('encodes an owner with subgroups and special characters in the URL', async () => {
    const { client } = openAnnotations();
    const { url } = await client.postComment!(commentRequest({ owner: 'group/sub team' }), context());

    expect(url).toBe('memory://group/sub%20team/shop/pull/7#comment-1');
  });

  describe('as a failing vendor', () => {
    it.each(['rate_limited', 'network', 'not_installed', 'permission_missing'] as const)(
      'fails with %s if configured, and stores nothing',
      async (failWith) => {
        const { client, memory } = openAnnotations({ config: { failWith } });

        await expect(client.postComment!(commentRequest(), context())).rejects.toMatchObject({ code: failWith });
        expect(memory.size).toBe(0);
      },
    );

    it('returns a wait with a simulated rate limit', async () => {
      const { client } = openAnnotations({ config: { failWith: 'rate_limited' } });

      await expect(client.postStatus!(statusRequest(), context())).rejects.toMatchObject({ retryAfterMs: 1_000 });
    });

    it('takes the configured time', async () => {
      const { client } = openAnnotations({ config: { latencyMs: 30 } });
      const start = performance.now();
      await client.postStatus!(statusRequest(), context());

      // Two calls: one that looks and one that writes.
      expect(performance.now() - start).toBeGreaterThanOrEqual(55);
    });

    it('ends a slow call when its signal aborts', async () => {
      const { client } = openAnnotations({ config: { latencyMs: 60_000 } });
      const posting = client.postComment!(commentRequest(), context({ signal: AbortSignal.timeout(10) }));

      await expect(posting).rejects.toMatchObject({ code: 'timeout', transient: true });
    });

    it('requires a credential if configured, and works with one', async () => {
      const config = { requireCredential: true };
      const without = openAnnotations({ config });
      const present = openAnnotations({ config, credential: 'anything' });

      await expect(without.client.postComment!(commentRequest(), context())).rejects.toMatchObject({
        code: 'unauthenticated',
      });
      await expect(present.client.postComment!(commentRequest(), context())).resolves.toMatchObject({
        outcome: 'created',
      });
    });
  });
});

describe('InMemoryAnnotations.preview', () => {
  it.each([
    { operation: 'comment', request: commentRequest() },
    { operation: 'status', request: statusRequest({ description: 'Fine' }) },
    { operation: 'check_run', request: checkRunRequest({ annotations: [finding] }) },
  ] as const)('shows what the first $operation would store, and stores nothing', async (annotation) => {
    const { client, memory } = openAnnotations();
    const [shown, ...rest] = client.preview!(annotation, context());
    expect(memory.size).toBe(0);
    await post(client, annotation);

    const [entry] = memory.everything();
    expect(rest).toEqual([]);
    expect(shown).toMatchObject({ method: 'POST', url: expect.stringMatching(/^memory:\/\/acme\/shop\//) });
    expect(shown!.body).toEqual({ marker: entry!.marker, ...(entry!.content as object) });
  });
});

describe('InMemoryAnnotations.readPullRequest', () => {
  it('returns the configured pull request', async () => {
    const headSha = SHA;
    const { client } = openAnnotations({
      config: { pullRequest: { headSha, state: 'closed', draft: true, locked: false } },
    });
    const facts = await client.readPullRequest!({ owner: 'acme', repository: 'shop', pullRequestNumber: 7 }, live());

    expect(facts).toEqual({ headSha, state: 'closed', draft: true, locked: false });
  });

  it('is absent if no pull request is configured', () => {
    expect(openAnnotations().client.readPullRequest).toBeUndefined();
  });

  it('fails like the other calls', async () => {
    const pullRequest = { headSha: SHA, state: 'open', draft: false, locked: false } as const;
    const { client } = openAnnotations({ config: { pullRequest, failWith: 'rate_limited' } });
    const reading = client.readPullRequest!({ owner: 'acme', repository: 'shop', pullRequestNumber: 7 }, live());

    await expect(reading).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

interface Setup {
  config?: Partial<InMemoryConfig>;
  credential?: string;
  memory?: Memory;
  tenantId?: string;
}

function openAnnotations({ config = {}, credential, memory = new Memory(), tenantId = 'default' }: Setup = {}): {
  client: ScmAnnotationClient;
  memory: Memory;
} {
  const integration: IntegrationConfig<InMemoryConfig> = {
    integrationId: 'i-1',
    tenantId,
    endpoint: 'memory://local',
    config: Object.assign(new InMemoryConfig(), config),
  };
  const deps = {
    credential: {
      present: credential !== undefined,
      resolve: () => Promise.resolve(new Secret(credential ?? '')),
      forget: () => undefined,
    },
  } as unknown as ProviderDeps;
  return { client: new InMemoryAnnotations(new InMemoryClient(integration, deps, memory)), memory };
}

function context(overrides: Partial<AnnotationContext> = {}): AnnotationContext {
  return { operationId: 'op-1', upsertKey: 'scan', signal: AbortSignal.timeout(60_000), ...overrides };
}

function live(): AbortSignal {
  return AbortSignal.timeout(60_000);
}

function post(client: ScmAnnotationClient, annotation: ScmAnnotation): Promise<unknown> {
  if (annotation.operation === 'comment') return client.postComment!(annotation.request, context());
  if (annotation.operation === 'status') return client.postStatus!(annotation.request, context());
  return client.createCheckRun!(annotation.request, context());
}

function commentRequest(overrides: object = {}): ScmCommentRequest {
  return request(ScmCommentRequest, { ...comment, ...overrides });
}

function statusRequest(overrides: object = {}): ScmStatusRequest {
  return request(ScmStatusRequest, { ...status, ...overrides });
}

function checkRunRequest(overrides: object = {}): ScmCheckRunRequest {
  return request(ScmCheckRunRequest, { ...checkRun, ...overrides });
}

function request<T extends object>(dto: new () => T, body: object): T {
  const checked = validate(dto, body);
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
  return checked.value;
}

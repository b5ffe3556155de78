import type { InlineComment, InlineCommentsRequest, IntegrationConfig, ProviderDeps } from '@integrations/provider-kit';
import { InMemoryClient } from './client';
import { InMemoryConfig } from './config';
import { postInlineComments } from './inline-comments';
import { Memory } from './memory';

const remark: InlineComment = { fingerprint: 'one', path: 'a.ts', startLine: 1, endLine: 2, body: 'Look here.' };

describe('postInlineComments of in_memory', () => {
  let memory: Memory;
  const post = (comments: InlineComment[], options: Partial<InlineCommentsRequest> = {}, upsertKey = 'sast') => {
    const client = new InMemoryClient(integration, deps, memory);
    const place = { owner: 'acme', repository: 'shop', pullRequestNumber: 7, headSha: 'a'.repeat(40) };
    const context = { operationId: 'op-1', upsertKey, signal: AbortSignal.timeout(60_000) };
    return postInlineComments(client, { ...place, comments, outdated: 'resolve', ...options }, context);
  };
  const stored = () => memory.everything().map(({ content }) => content);

  beforeEach(() => (memory = new Memory()));

  it('places each remark once and then updates it', async () => {
    const other = { ...remark, fingerprint: 'two' };
    const first = await post([remark, other]);
    const again = await post([remark, other]);
    const changed = await post([{ ...remark, startLine: 2, body: 'Still here.' }, other]);

    expect(first).toEqual({
      comments: [
        {
          fingerprint: 'one',
          outcome: 'created',
          placed: 'inline',
          url: 'memory://acme/shop/pull/7#inline-comment-1',
          reason: null,
        },
        expect.objectContaining({ fingerprint: 'two', outcome: 'created' }),
      ],
      outdated: 0,
    });
    expect(again.comments.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
    expect(changed.comments.map(({ outcome }) => outcome)).toEqual(['updated', 'unchanged']);
    expect(memory.size).toBe(2);
  });

  it('keeps remarks with the same fingerprint apart', async () => {
    await post([remark, remark]);

    expect(await post([remark, remark])).toMatchObject({
      comments: [{ outcome: 'unchanged' }, { outcome: 'unchanged' }],
    });
    expect(memory.size).toBe(2);
  });

  it('leaves the remarks of other upsert keys alone', async () => {
    await post([remark], {}, 'licences');

    expect(await post([])).toEqual({ comments: [], outdated: 0 });
    expect(stored()).toEqual([expect.objectContaining({ resolved: false })]);
  });

  it('resolves a remark that is no longer reported, once, and reopens it when it is reported again', async () => {
    await post([remark]);

    expect(await post([])).toEqual({ comments: [], outdated: 1 });
    expect(await post([])).toEqual({ comments: [], outdated: 0 });
    expect(stored()).toEqual([expect.objectContaining({ resolved: true })]);
    expect(await post([remark])).toMatchObject({ comments: [{ outcome: 'updated' }] });
    expect(stored()).toEqual([expect.objectContaining({ resolved: false })]);
  });

  it('deletes or keeps a remark on request', async () => {
    await post([remark]);

    expect(await post([], { outdated: 'keep' })).toMatchObject({ outdated: 0 });
    expect(memory.size).toBe(1);
    expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
    expect(memory.size).toBe(0);
  });
});

const integration: IntegrationConfig<InMemoryConfig> = {
  integrationId: 'i-1',
  tenantId: 'default',
  endpoint: 'memory://local',
  config: new InMemoryConfig(),
};
const deps = { credential: { present: false } } as ProviderDeps;

import { randomUUID } from 'node:crypto';
import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
import {
  connect,
  edited,
  HEAD_SHA,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { postInlineComments } from './inline-comments';

const NEW_HEAD = 'd'.repeat(40);
const MANY = Array.from({ length: 1_200 }, (_, index) => edited(`generated/${index}.ts`));
const TEXT = '\uFEFFif (ready) {\r\n  run();\r\n}\r\n\r\n// \u{1F600}\r\n';
const CHANGES = [
  ...[...MANY, edited('src/shop.ts'), edited('src/gone.ts', 'delete')],
  ...[edited('src/run.ts', 'edit', TEXT), edited('src/large.ts')],
];

describe('postInlineComments', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  const post = (
    comments: readonly InlineComment[],
    options: Partial<InlineCommentsRequest> = {},
    upsertKey = 'sast',
  ) => {
    const { integration, deps } = connect(azure, egress, { config: new AzureDevOpsConfig() });
    const place = { owner: PROJECT, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA };
    const context = { operationId: randomUUID(), upsertKey, signal: AbortSignal.timeout(60_000) };
    const request = { ...place, comments, outdated: 'resolve', ...options } as const;
    return postInlineComments(new AzureDevOpsClient(integration, deps), request, context);
  };
  const pullRequest = () => azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST);
  const stored = () => pullRequest().threads;
  const writes = () => azure.requests.filter(({ method }) => method !== 'GET');

  beforeAll(async () => {
    egress = loopbackEgress();
    azure = await startAcme({ changes: CHANGES });
  });
  afterEach(() => {
    expect(azure.violations).toEqual([]);
    azure.reset();
  });
  afterAll(async () => {
    await egress.close();
    await azure.stop();
  });

  it('places a remark at its lines in any changed file, on the side on which the file exists', async () => {
    const gone = { ...remark(2), path: 'src/gone.ts', fingerprint: 'gone' };
    const { comments } = await post([{ ...remark(3), endLine: 5 }, gone]);

    expect(comments).toMatchObject([
      {
        ...{ outcome: 'created', placed: 'inline', reason: null },
        url: `${azure.url}/Web%20Shop/_git/shop/pullrequest/7?discussionId=${stored()[0]!.id}`,
      },
      { outcome: 'created', placed: 'inline' },
    ]);
    expect(stored()).toMatchObject([
      {
        status: 'active',
        threadContext: {
          filePath: '/src/shop.ts',
          rightFileStart: { line: 3, offset: 1 },
          rightFileEnd: { line: 5, offset: 1 },
        },
        pullRequestThreadContext: {
          changeTrackingId: 1_201,
          iterationContext: { firstComparingIteration: 1, secondComparingIteration: 1 },
        },
      },
      { threadContext: { filePath: '/src/gone.ts', leftFileStart: { line: 2, offset: 1 } } },
    ]);
    expect(stored()[0]!.comments[0]!.content).toMatch(
      /^Look at line 3\.\n\n\[\/\/\]: # \(integrations:[0-9a-f]{64}\)$/,
    );
  });

  it.each([
    [1, 1, 13],
    [2, 3, 2],
    [5, 5, 6],
  ])('offers a suggestion that replaces whole lines, from %i to %i', async (startLine, endLine, offset) => {
    const suggestion = { ...remark(startLine, '```suggestion\nx\n```'), path: 'src/run.ts', endLine };
    const { comments } = await post([suggestion]);

    expect(comments).toMatchObject([{ outcome: 'created', placed: 'inline' }]);
    expect(stored()).toMatchObject([
      {
        comments: [{ content: expect.stringMatching(/^```suggestion\nx/) }],
        threadContext: { rightFileStart: { line: startLine, offset: 1 }, rightFileEnd: { line: endLine, offset } },
      },
    ]);
    const changed = await post([suggestion, { ...suggestion, fingerprint: 'other' }]);
    expect(changed.comments).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'created' }]);
    expect(azure.requests.filter(({ path }) => path.endsWith('/items'))).toHaveLength(2);
    const other = { ...suggestion, body: '```suggestion\ny\n```' };
    expect(await post([other])).toMatchObject({ comments: [{ outcome: 'updated' }] });
    expect(stored()[0]!.comments[0]!.content).toMatch(/^```suggestion\ny/);
  });

  it.each([
    ['src/run.ts', 4],
    ['src/run.ts', 9],
    ['src/large.ts', 1],
    ['src/gone.ts', 1],
  ])('shows a suggestion as code if the end of its line is unknown, in %s at %i', async (path, line) => {
    const suggestion = { ...remark(line, '```suggestion\nx\n```'), path };
    expect(await post([suggestion])).toMatchObject({ comments: [{ outcome: 'created' }] });

    expect(stored()[0]!.comments[0]!.content).toMatch(/^```\nx/);
    expect(await post([suggestion])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
  });

  it('does not offer a suggestion if the existing thread is at other lines', async () => {
    await post([{ ...remark(1, '```suggestion\nx\n```'), path: 'src/run.ts' }]);
    await post([{ ...remark(1, '```suggestion\nx\n```'), path: 'src/run.ts', endLine: 2 }]);

    expect(stored()).toMatchObject([{ comments: [{ content: expect.stringMatching(/^```\nx/) }] }]);
  });

  it('posts no suggestion while its file cannot be read', async () => {
    azure.inject({ when: ({ path }) => path.endsWith('/items'), processed: false, reply: { status: 503 } });

    const posting = post([{ ...remark(1, '```suggestion\nx\n```'), path: 'src/run.ts' }]);
    await expect(posting).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
    expect(stored()).toEqual([]);
  });

  it('does not place a remark in an unchanged file', async () => {
    const { comments } = await post([{ ...remark(1), path: 'other.ts' }, remark(2)]);

    expect(comments).toMatchObject([
      { outcome: 'unplaced', placed: null, reason: 'the pull request does not change the file' },
      { outcome: 'created' },
    ]);
  });

  it('leaves a remark unplaced that Azure DevOps rejects, and places the others', async () => {
    const reply = {
      status: 400,
      body: '{"message":"Invalid argument value.","typeKey":"InvalidArgumentValueException"}',
    };
    azure.inject({ when: ({ method }) => method === 'POST', processed: false, reply });
    const { comments } = await post([remark(1), remark(2)]);

    expect(comments).toMatchObject([{ outcome: 'unplaced' }, { outcome: 'created' }]);
  });

  it('leaves remarks unchanged after a push, and places new ones in the iteration with that head', async () => {
    await post([remark(3)]);
    azure.world.push(PROJECT, REPOSITORY, PULL_REQUEST, NEW_HEAD, [edited('new.ts'), edited('src/shop.ts')]);
    const { comments } = await post([remark(3), remark(4)], { headSha: NEW_HEAD });

    expect(comments).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'created' }]);
    expect(stored()[1]!.pullRequestThreadContext).toEqual({
      changeTrackingId: 1_201,
      iterationContext: { firstComparingIteration: 2, secondComparingIteration: 2 },
    });
  });

  it('places nothing on a head that the pull request never had', async () => {
    const posting = post([remark(3)], { headSha: '9'.repeat(40) });

    await expect(posting).rejects.toMatchObject({ code: 'stale_head', transient: false });
    expect(writes()).toEqual([]);
  });

  it('ignores a copied marker', async () => {
    await post([remark(3)]);
    const { content } = stored()[0]!.comments[0]!;
    stored().splice(0);
    azure.addForeignThread(pullRequest(), content);

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'created' }] });
    expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
    expect(stored().map(({ comments }) => comments[0]!.isDeleted)).toEqual([false, true]);
  });

  it('posts a remark again that somebody deleted', async () => {
    await post([remark(3)]);
    stored()[0]!.comments[0]!.isDeleted = true;

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'created' }] });
  });

  it.each(['resolve', 'delete'] as const)('does not %s a thread that somebody answered', async (outdated) => {
    await post([remark(3), remark(4), remark(5)]);
    azure.addReply(stored()[0]!, 'This is intended.');
    azure.addReply(stored()[1]!, 'Alice changed the status', 'system');
    azure.addReply(stored()[2]!, 'Never mind.');
    stored()[2]!.comments[1]!.isDeleted = true;

    expect(await post([], { outdated })).toMatchObject({ outdated: 2 });
    expect(stored()[0]).toMatchObject({ status: 'active', comments: [{ isDeleted: false }, {}] });
  });

  it('reopens a thread that it closed itself, but not one that a person closed', async () => {
    await post([remark(3), remark(4)]);
    stored()[0]!.status = 'wontFix';
    expect(await post([])).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([
      { status: 'wontFix', comments: [{ content: expect.stringMatching(/^Look at line 3/) }] },
      { status: 'closed', comments: [{ content: expect.stringMatching(/^_No longer reported\._\n\nLook at line 4/) }] },
    ]);
    const { comments } = await post([remark(3), remark(4)]);

    expect(comments).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'updated' }]);
    expect(stored()).toMatchObject([{ status: 'wontFix' }, { status: 'active' }]);
    expect(stored()[1]!.comments[0]!.content).toMatch(/^Look at line 4/);
  });

  it('finishes settling after a failure of either request', async () => {
    const fail = (path: RegExp) => {
      const when = (request: { method: string; path: string }) => request.method === 'PATCH' && path.test(request.path);
      azure.inject({ when, processed: false, reply: { status: 502 } });
    };
    const failure = { code: 'provider_unavailable', transient: true };
    await post([remark(3)]);
    fail(/\/comments\/\d+$/);
    await expect(post([])).rejects.toMatchObject(failure);
    expect(stored()).toMatchObject([{ status: 'active', comments: [{ content: expect.stringMatching(/^Look/) }] }]);
    fail(/\/threads\/\d+$/);
    await expect(post([])).rejects.toMatchObject(failure);
    expect(stored()).toMatchObject([
      { status: 'active', comments: [{ content: expect.stringMatching(/^_No longer reported\._\n\nLook/) }] },
    ]);

    expect(await post([])).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([
      { status: 'closed', comments: [{ content: expect.stringMatching(/^_No longer reported\._\n\nLook/) }] },
    ]);
    fail(/\/comments\/\d+$/);
    await expect(post([remark(3)])).rejects.toMatchObject(failure);
    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'updated' }] });
    expect(stored()).toMatchObject([{ status: 'active', comments: [{ content: expect.stringMatching(/^Look/) }] }]);
  });

  it('reports a failure when Azure DevOps could not store a remark', async () => {
    const when = ({ method, path }: { method: string; path: string }) => method === 'POST' && path.endsWith('/threads');
    azure.inject({ when, processed: false, reply: { status: 502 } });

    await expect(post([remark(3)])).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
    expect(stored()).toEqual([]);
  });
});

function remark(startLine: number, body = `Look at line ${startLine}.`): InlineComment {
  return { fingerprint: `line-${startLine}`, path: 'src/shop.ts', startLine, endLine: startLine, body };
}

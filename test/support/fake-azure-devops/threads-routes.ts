import { badRequest, refusal } from './answer.ts';
import { changeTrackingIds } from './pull-requests-routes.ts';
import {
  allow,
  type Call,
  type Context,
  identityShape,
  list,
  ON_PULL_REQUEST,
  pullRequestOf,
  type Route,
} from './routes.ts';
import type {
  FakeComment,
  FakePullRequest,
  FakePullRequestThreadContext,
  FakeThread,
  FakeThreadContext,
} from './world.ts';

const MAX_CONTENT = 150_000;
const READ = ['vso.code', 'vso.code_write', 'vso.threads_full'] as const;
const WRITE = ['vso.code_write', 'vso.threads_full'] as const;
const THREAD = `${ON_PULL_REQUEST}/threads/{thread}`;
const STATUS = { enum: ['active', 'fixed', 'wontFix', 'closed', 'byDesign', 'pending'] };
const PLACE = {
  type: 'object',
  required: ['line', 'offset'],
  additionalProperties: false,
  properties: { line: { type: 'integer', minimum: 1 }, offset: { type: 'integer', minimum: 1 } },
};
const NEW_THREAD = {
  type: 'object',
  required: ['comments', 'status'],
  additionalProperties: false,
  properties: {
    comments: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['parentCommentId', 'content', 'commentType'],
        additionalProperties: false,
        properties: {
          parentCommentId: { type: 'integer' },
          content: { type: 'string', minLength: 1 },
          commentType: { enum: ['text'] },
        },
      },
    },
    status: STATUS,
    threadContext: {
      type: 'object',
      required: ['filePath'],
      additionalProperties: false,
      properties: {
        filePath: { type: 'string', pattern: '^/[^/]' },
        leftFileStart: PLACE,
        leftFileEnd: PLACE,
        rightFileStart: PLACE,
        rightFileEnd: PLACE,
      },
    },
    pullRequestThreadContext: {
      type: 'object',
      required: ['changeTrackingId', 'iterationContext'],
      additionalProperties: false,
      properties: {
        changeTrackingId: { type: 'integer', minimum: 1 },
        iterationContext: {
          type: 'object',
          required: ['firstComparingIteration', 'secondComparingIteration'],
          additionalProperties: false,
          properties: {
            firstComparingIteration: { type: 'integer', minimum: 1 },
            secondComparingIteration: { type: 'integer', minimum: 1 },
          },
        },
      },
    },
  },
};
const onlyField = (name: string, schema: object) => ({
  type: 'object',
  required: [name],
  additionalProperties: false,
  properties: { [name]: schema },
});

/** Threads of a pull request and their comments. A deleted comment stays, without its text. */
export const THREADS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${ON_PULL_REQUEST}/threads`,
    query: ['$iteration', '$baseIteration'],
    scopes: READ,
    handle: (call, context) => list(pullRequestOf(call, context).threads.map(threadShape)),
  },
  {
    method: 'POST',
    template: `${ON_PULL_REQUEST}/threads`,
    scopes: WRITE,
    body: NEW_THREAD,
    handle: createThread,
  },
  {
    method: 'GET',
    template: THREAD,
    query: ['$iteration', '$baseIteration'],
    scopes: READ,
    handle: (call, context) => ({ status: 200, body: threadShape(threadOf(call, context)) }),
  },
  {
    method: 'PATCH',
    template: THREAD,
    scopes: WRITE,
    body: onlyField('status', STATUS),
    handle(call, context) {
      const thread = threadOf(call, context);
      allow(call, context, 'PullRequestContribute');
      thread.status = String(call.body['status']);
      return { status: 200, body: threadShape(thread) };
    },
  },
  {
    method: 'PATCH',
    template: `${THREAD}/comments/{comment}`,
    scopes: WRITE,
    body: onlyField('content', { type: 'string', minLength: 1 }),
    handle(call, context) {
      const comment = ownComment(call, context);
      judgeSuggestion(String(call.body['content']), threadOf(call, context), pullRequestOf(call, context));
      comment.content = contentOf(call.body['content']);
      return { status: 200, body: commentShape(comment) };
    },
  },
  {
    method: 'DELETE',
    template: `${THREAD}/comments/{comment}`,
    scopes: WRITE,
    handle(call, context) {
      const comment = ownComment(call, context);
      comment.isDeleted = true;
      return { status: 200, body: '' };
    },
  },
];

function createThread(call: Call, context: Context) {
  const pullRequest = pullRequestOf(call, context);
  allow(call, context, 'PullRequestContribute');
  const { comments, status, threadContext = null, pullRequestThreadContext = null } = call.body;
  const place = threadContext as FakeThreadContext | null;
  const at = pullRequestThreadContext as FakePullRequestThreadContext | null;
  if (place && at) judgePlace(place, at, pullRequest);
  const [{ content }] = comments as [{ content: string }];
  judgeSuggestion(content, { threadContext: place, pullRequestThreadContext: at }, pullRequest);
  const thread = context.world.addThread(pullRequest, call.credential.identity, contentOf(content), {
    ...{ status: String(status), threadContext: place, pullRequestThreadContext: at },
  });
  return { status: 200, body: threadShape(thread) };
}

/** Stricter than Azure DevOps, which accepts inconsistent numbers but then shows the thread in the wrong place. */
function judgePlace(
  { filePath, leftFileStart, rightFileStart }: FakeThreadContext,
  { changeTrackingId: number, iterationContext: { secondComparingIteration: wanted } }: FakePullRequestThreadContext,
  { iterations }: FakePullRequest,
): void {
  const change = iterations.find(({ id }) => id === wanted)?.changes.find(({ path }) => path === filePath);
  if (!change || changeTrackingIds(iterations).get(filePath) !== number) throw badRequest('changeTrackingId');
  const isGone = change.changeType.includes('delete');
  if ((isGone ? leftFileStart : rightFileStart) === undefined) throw badRequest('threadContext');
}

/** Stricter than Azure DevOps, which replaces the text between the offsets; these should cover whole lines. */
function judgeSuggestion(
  content: string,
  { threadContext, pullRequestThreadContext: at }: Pick<FakeThread, 'threadContext' | 'pullRequestThreadContext'>,
  { iterations }: FakePullRequest,
): void {
  if (!/^\s*(```|~~~)suggestion/m.test(content)) return;
  const { filePath, rightFileStart: start, rightFileEnd: end } = threadContext ?? {};
  const { changes = [] } = iterations.find(({ id }) => id === at?.iterationContext.secondComparingIteration) ?? {};
  const lines = changes
    .find(({ path }) => path === filePath)
    ?.content?.replace('\uFEFF', '')
    .split(/\r?\n/);
  const last = end && lines?.[end.line - 1];
  if (last === undefined || start?.offset !== 1 || end?.offset !== last.length + 1) throw badRequest('suggestion');
}

function ownComment(call: Call, context: Context): FakeComment {
  const found = threadOf(call, context).comments.find(({ id }) => String(id) === call.params['comment']);
  if (!found || found.isDeleted) throw refusal(404, 'CommentNotFoundException', 'The comment was not found.');
  allow(call, context, 'PullRequestContribute');
  if (found.author.id !== call.credential.identity.id) {
    throw refusal(403, 'CommentPermissionException', 'Only the author of a comment may change it.');
  }
  return found;
}

function contentOf(content: unknown): string {
  const text = String(content);
  if (text.length > MAX_CONTENT) throw badRequest(`A comment must not be longer than ${MAX_CONTENT} characters.`);
  return text;
}

function threadOf(call: Call, context: Context): FakeThread {
  const found = pullRequestOf(call, context).threads.find(({ id }) => String(id) === call.params['thread']);
  if (found) return found;
  throw refusal(404, 'DiscussionThreadNotFoundException', 'The thread was not found.');
}

function threadShape({ id, comments, status, threadContext, pullRequestThreadContext }: FakeThread): object {
  const isSystem = comments[0]!.commentType === 'system';
  return {
    ...{ id, comments: comments.map(commentShape), threadContext, pullRequestThreadContext, properties: {} },
    // A thread of system comments has no status.
    ...(isSystem ? {} : { status }),
    isDeleted: comments.every(({ isDeleted }) => isDeleted),
  };
}

function commentShape({ id, author, content, commentType, isDeleted }: FakeComment): object {
  const said = isDeleted ? { isDeleted } : { content };
  return { id, parentCommentId: id === 1 ? 0 : 1, author: identityShape(author), commentType, ...said, usersLiked: [] };
}

import { judgeAnchor, keptOf } from './anchors.ts';
import { invalid, notFound, notPermitted, refused } from './answer.ts';
import { type Call, isSince, page, pullRequestOf, REPOSITORY, repositoryOf, type Route, writable } from './routes.ts';
import type { FakeAnchor, FakeComment, FakePullRequest, FakeUser } from './world.ts';

const ON = `${REPOSITORY}/pull-requests/{id}`;
const LINE_TYPE = { enum: ['ADDED', 'CONTEXT', 'REMOVED'] };
const LINE = { type: 'integer', minimum: 1 };

// RestComment and RestCommentThreadDiffAnchor. https://developer.atlassian.com/server/bitbucket/rest/v902/
const COMMENT = {
  type: 'object',
  required: ['text'],
  additionalProperties: false,
  properties: {
    text: { type: 'string' },
    anchor: {
      type: 'object',
      required: ['path', 'diffType'],
      additionalProperties: false,
      dependencies: { line: ['lineType', 'fileType'] },
      properties: {
        path: { type: 'string' },
        srcPath: { type: 'string' },
        line: LINE,
        lineType: LINE_TYPE,
        fileType: { enum: ['FROM', 'TO'] },
        diffType: { enum: ['EFFECTIVE'] },
        multilineMarker: {
          type: 'object',
          required: ['startLine', 'startLineType'],
          additionalProperties: false,
          properties: { startLine: LINE, startLineType: LINE_TYPE },
        },
        multilineSpan: {
          type: 'object',
          additionalProperties: false,
          properties: { srcSpanStart: LINE, srcSpanEnd: LINE, dstSpanStart: LINE, dstSpanEnd: LINE },
        },
      },
    },
  },
};
const EDIT = {
  type: 'object',
  required: ['version'],
  additionalProperties: false,
  properties: { version: { type: 'integer' }, text: { type: 'string' }, threadResolved: { type: 'boolean' } },
};

/** Comments of a pull request, and the activities that list them. */
export const COMMENTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${ON}/activities`,
    query: ['fromId', 'fromType', 'start', 'limit'],
    handle(call, context) {
      const pullRequest = pullRequestOf(call, repositoryOf(call, context));
      return page(activitiesOf(pullRequest), call, 500, (activity) => activity);
    },
  },
  {
    method: 'POST',
    template: `${ON}/comments`,
    body: COMMENT,
    handle(call, context) {
      const pullRequest = pullRequestOf(call, writable(call, context));
      const anchor = (call.body['anchor'] ?? null) as FakeAnchor | null;
      if (anchor && !pullRequest.files.some(({ path }) => path === anchor.path)) throw notFound('content.NoSuchPath');
      const refusal = anchor && judgeAnchor(anchor, pullRequest);
      if (refusal) throw invalid('anchor', refusal);
      const kept = anchor && keptOf(anchor, context.version);
      const comment = context.world.addComment(pullRequest, call.token!.user, textOf(call), kept);
      return { status: 201, body: commentShape(comment) };
    },
  },
  {
    method: 'GET',
    template: `${ON}/comments/{comment}`,
    handle(call, context) {
      const { comments } = pullRequestOf(call, repositoryOf(call, context));
      return { status: 200, body: commentShape(commentOf(call, comments)) };
    },
  },
  {
    method: 'PUT',
    template: `${ON}/comments/{comment}`,
    body: EDIT,
    handle(call, context) {
      const comment = commentOf(call, pullRequestOf(call, writable(call, context)).comments);
      checkVersion(comment, Number(call.body['version']));
      const { threadResolved, text } = call.body;
      if (text !== undefined) {
        if (comment.author !== call.token!.user) throw notPermitted();
        comment.text = textOf(call);
      }
      if (typeof threadResolved === 'boolean' && isSince(context.version, '8.9')) {
        comment.resolvedBy = threadResolved ? call.token!.user : null;
      }
      comment.version += 1;
      return { status: 200, body: commentShape(comment) };
    },
  },
  {
    method: 'DELETE',
    template: `${ON}/comments/{comment}`,
    query: ['version'],
    handle(call, context) {
      const { comments } = pullRequestOf(call, writable(call, context));
      const comment = commentOf(call, comments);
      if (comment.author !== call.token!.user) throw notPermitted();
      checkVersion(comment, Number(call.query.get('version') ?? -1));
      if (comment.replies.length > 0) {
        const message = 'This comment has replies which must be deleted first.';
        throw refused(409, 'com.atlassian.bitbucket.comment.CommentDeletionException', message);
      }
      comments.splice(comments.indexOf(comment), 1);
      return { status: 204 };
    },
  },
];

/** Newest first. A thread appears once for each comment in it. */
function activitiesOf({ comments }: FakePullRequest): object[] {
  const said = comments.flatMap((comment) =>
    [comment, ...comment.replies].map(({ id, author }, index) => ({
      ...{ id, action: 'COMMENTED', commentAction: index === 0 ? 'ADDED' : 'REPLIED', user: userShape(author) },
      comment: commentShape(comment),
      ...(comment.anchor ? { commentAnchor: comment.anchor } : {}),
    })),
  );
  return [...said.sort((a, b) => b.id - a.id), { id: 1, action: 'OPENED', user: { id: 7, name: 'alice' } }];
}

function checkVersion(comment: FakeComment, expectedVersion: number): void {
  if (comment.version === expectedVersion) return;
  const message = 'You are attempting to modify a comment based on out-of-date information.';
  const versions = { currentVersion: comment.version, expectedVersion };
  throw refused(409, 'com.atlassian.bitbucket.comment.CommentOutOfDateException', message, versions);
}

function textOf({ body }: Call): string {
  const text = String(body['text']);
  if (text.trim() === '' || text.length >= 32_768) {
    throw invalid('text', 'Please enter a non-empty value less than 32768 characters');
  }
  return text.replaceAll('\r\n', '\n').trimEnd();
}

function commentOf({ params }: Call, comments: readonly FakeComment[]): FakeComment {
  const found = comments.find(({ id }) => String(id) === params['comment']);
  if (!found) throw notFound('comment.NoSuchComment');
  return found;
}

function commentShape(comment: FakeComment): object {
  const { id, version, text, author, anchor, replies, resolvedBy } = comment;
  return {
    ...{ id, version, text, author: userShape(author), severity: 'NORMAL', state: 'OPEN' },
    comments: replies.map((reply) => commentShape(reply)),
    threadResolved: resolvedBy !== null,
    ...(resolvedBy ? { threadResolver: userShape(resolvedBy), threadResolvedDate: 1_700_000_000_000 } : {}),
    ...(anchor ? { anchor } : {}),
  };
}

function userShape({ id, name, type }: FakeUser): object {
  return { id, name, slug: name, displayName: name, active: true, type };
}

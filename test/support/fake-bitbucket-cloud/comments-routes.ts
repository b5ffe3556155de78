import { badField, notFound, refusal } from './answer.ts';
import { judgeInline } from './inline.ts';
import { type Call, type Context, page, PAGED, pullRequestOf, type Route } from './routes.ts';
import type { FakeAccount, FakeComment, FakeInline } from './world.ts';

const ON = '/repositories/{workspace}/{repo}/pullrequests/{id}/comments';
const ONE = `${ON}/{comment}`;
/** Not documented; others have observed a 400 for longer comments. */
const MAX_RAW = 32_768;

const LINE = { type: 'integer', minimum: 1 };
const CONTENT = {
  type: 'object',
  required: ['raw'],
  additionalProperties: false,
  properties: { raw: { type: 'string' } },
};
const EDIT = { type: 'object', required: ['content'], additionalProperties: false, properties: { content: CONTENT } };
const COMMENT = {
  ...EDIT,
  properties: {
    content: CONTENT,
    inline: {
      type: 'object',
      required: ['path'],
      additionalProperties: false,
      properties: { path: { type: 'string' }, to: LINE, from: LINE, start_to: LINE, start_from: LINE },
    },
    parent: {
      type: 'object',
      required: ['id'],
      additionalProperties: false,
      properties: { id: { type: 'integer' } },
    },
  },
};

/** Comments of a pull request, including inline comments and replies. Only the author may change a comment. */
export const COMMENTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    scope: 'pullrequest',
    query: [...PAGED, 'sort', 'q'],
    handle: (call, context) => page(pullRequestOf(call, context).comments, call, shapeOf),
  },
  {
    method: 'POST',
    template: ON,
    scope: 'pullrequest',
    body: COMMENT,
    handle(call, context) {
      const pullRequest = pullRequestOf(call, context);
      const { inline = null } = call.body as { readonly inline?: FakeInline };
      const wrong = inline && judgeInline(inline, pullRequest);
      if (wrong) throw badField('inline', wrong);
      const comment = context.world.addComment(pullRequest, call.token.account, rawOf(call), { inline });
      return { status: 201, body: shapeOf(comment) };
    },
  },
  {
    method: 'GET',
    template: ONE,
    scope: 'pullrequest',
    handle: (call, context) => ({ status: 200, body: shapeOf(commentOf(call, context)) }),
  },
  {
    method: 'PUT',
    template: ONE,
    scope: 'pullrequest',
    body: EDIT,
    handle(call, context) {
      const comment = ownOf(call, context);
      comment.raw = rawOf(call);
      return { status: 200, body: shapeOf(comment) };
    },
  },
  {
    method: 'DELETE',
    template: ONE,
    scope: 'pullrequest',
    handle(call, context) {
      Object.assign(ownOf(call, context), { deleted: true, raw: '' });
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    template: `${ONE}/resolve`,
    scope: 'pullrequest',
    handle(call, context) {
      const comment = resolvable(call, context);
      if (comment.resolvedBy) throw refusal(409, 'This comment has already been resolved.');
      comment.resolvedBy = call.token.account;
      return { status: 200, body: resolutionOf(comment.resolvedBy) };
    },
  },
  {
    method: 'DELETE',
    template: `${ONE}/resolve`,
    scope: 'pullrequest',
    handle(call, context) {
      const comment = resolvable(call, context);
      if (!comment.resolvedBy) throw notFound('Comment resolution');
      comment.resolvedBy = null;
      return { status: 204 };
    },
  },
];

function commentOf(call: Call, context: Context): FakeComment {
  const found = pullRequestOf(call, context).comments.find(({ id }) => String(id) === call.params['comment']);
  if (!found) throw notFound('Comment');
  return found;
}

function ownOf(call: Call, context: Context): FakeComment {
  const comment = commentOf(call, context);
  if (comment.deleted) throw notFound('Comment');
  if (comment.author !== call.token.account) throw refusal(403, 'You do not have access to edit this comment.');
  return comment;
}

function resolvable(call: Call, { world }: Context): FakeComment {
  const comment = commentOf(call, { world });
  if (comment.deleted) throw notFound('Comment');
  if (comment.parent !== null) throw refusal(403, 'Only top level comments can be resolved.');
  if (!world.mayResolve) throw refusal(403, 'You are not allowed to resolve comments of this pull request.');
  return comment;
}

function rawOf({ body }: Call): string {
  const { raw } = (body as { readonly content: { readonly raw: string } }).content;
  if (raw.length > MAX_RAW) throw badField('content', `Ensure this value has at most ${MAX_RAW} characters.`);
  return raw;
}

function shapeOf({ id, author, raw, deleted, parent, inline, resolvedBy }: FakeComment): object {
  return {
    ...{
      type: 'pullrequest_comment',
      id,
      deleted,
      user: author,
      content: { type: 'rendered', raw, markup: 'markdown' },
    },
    ...(parent === null ? {} : { parent: { id: parent } }),
    ...(inline === null ? {} : { inline: { from: null, to: null, ...inline } }),
    ...(resolvedBy === null ? {} : { resolution: resolutionOf(resolvedBy) }),
  };
}

function resolutionOf(user: FakeAccount): object {
  return { type: 'comment_resolution', user, created_on: '2026-11-26T00:00:00+00:00' };
}

import { HttpAnswer } from '../fake-vendor/answer.ts';
import { badRequest, notFound } from './answer.ts';
import { judgePosition } from './positions.ts';
import { allowWrite, type Call, type Context, mergeRequestOf, page, projectOf, type Route } from './routes.ts';
import type { FakeDiscussion, FakeMergeRequest, FakeNote, FakePosition, FakeUser } from './world.ts';

const MAX_NOTE = 1_000_000;
const ON = '/projects/{id}/merge_requests/{iid}';
const TEXT = {
  type: 'object',
  required: ['body'],
  additionalProperties: false,
  properties: { body: { type: 'string' } },
};
const RANGE_END = {
  type: 'object',
  required: ['line_code', 'type'],
  additionalProperties: false,
  properties: {
    line_code: { type: 'string', pattern: '^[0-9a-f]{40}_\\d+_\\d+$' },
    type: { enum: ['old', 'new'] },
    old_line: { type: 'integer' },
    new_line: { type: 'integer' },
  },
};
// https://docs.gitlab.com/api/discussions/#create-new-merge-request-thread
const DISCUSSION = {
  ...TEXT,
  properties: {
    body: { type: 'string' },
    position: {
      type: 'object',
      required: ['base_sha', 'start_sha', 'head_sha', 'position_type', 'old_path', 'new_path'],
      additionalProperties: false,
      properties: {
        base_sha: { type: 'string' },
        start_sha: { type: 'string' },
        head_sha: { type: 'string' },
        position_type: { enum: ['text', 'file'] },
        old_path: { type: 'string' },
        new_path: { type: 'string' },
        old_line: { type: 'integer', minimum: 1 },
        new_line: { type: 'integer', minimum: 1 },
        line_range: {
          type: 'object',
          required: ['start', 'end'],
          additionalProperties: false,
          properties: { start: RANGE_END, end: RANGE_END },
        },
      },
    },
  },
};
const RESOLVED = {
  type: 'object',
  required: ['resolved'],
  additionalProperties: false,
  properties: { resolved: { type: 'boolean' } },
};

/** Notes of a merge request, and their discussions. */
export const NOTES_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${ON}/notes`,
    query: ['sort', 'order_by', 'page', 'per_page'],
    job: true,
    handle(call, context) {
      const notes = mergeRequestOf(call, context).discussions.flatMap((discussion) =>
        discussion.notes.map((note) => ({ discussion, note })),
      );
      return page(notes, call, ({ discussion, note }) => noteShape(note, discussion));
    },
  },
  {
    method: 'POST',
    template: `${ON}/notes`,
    body: TEXT,
    handle(call, context) {
      const mergeRequest = writable(call, context);
      const body = textOf(call);
      const discussion = context.world.addDiscussion(mergeRequest, call.token.user, body, { individual: true });
      return { status: 201, body: noteShape(discussion.notes[0]!, discussion) };
    },
  },
  {
    method: 'GET',
    template: `${ON}/notes/{note}`,
    job: true,
    handle(call, context) {
      const { discussion, note } = noteOf(call, context);
      return { status: 200, body: noteShape(note, discussion) };
    },
  },
  { method: 'PUT', template: `${ON}/notes/{note}`, body: TEXT, handle: editNote },
  {
    method: 'GET',
    template: `${ON}/discussions`,
    query: ['page', 'per_page'],
    handle: (call, context) => page(mergeRequestOf(call, context).discussions, call, discussionShape),
  },
  {
    method: 'POST',
    template: `${ON}/discussions`,
    body: DISCUSSION,
    handle(call, context) {
      const mergeRequest = writable(call, context);
      const position = (call.body['position'] ?? null) as FakePosition | null;
      const refusal = position && judgePosition(position, mergeRequest, context.world);
      if (refusal) throw badRequest(refusal);
      const discussion = context.world.addDiscussion(mergeRequest, call.token.user, textOf(call), { position });
      return { status: 201, body: discussionShape(discussion) };
    },
  },
  {
    method: 'PUT',
    template: `${ON}/discussions/{discussion}`,
    body: RESOLVED,
    handle(call, context) {
      const discussion = discussionOf(call, writable(call, context));
      if (!context.world.mayResolve) throw new HttpAnswer(403, { message: '403 Forbidden' });
      discussion.resolvedBy = call.body['resolved'] === true ? call.token.user : null;
      return { status: 200, body: discussionShape(discussion) };
    },
  },
  { method: 'PUT', template: `${ON}/discussions/{discussion}/notes/{note}`, body: TEXT, handle: editNote },
  {
    method: 'DELETE',
    template: `${ON}/discussions/{discussion}/notes/{note}`,
    handle(call, context) {
      const { note } = noteOf(call, context);
      context.world.deleteNote(writable(call, context), note.id);
      return { status: 204 };
    },
  },
];

function editNote(call: Call, context: Context) {
  const { discussion, note } = noteOf(call, context);
  if (note.author !== call.token.user) throw new HttpAnswer(403, { message: '403 Forbidden' });
  note.body = textOf(call);
  return { status: 200, body: noteShape(note, discussion) };
}

function writable(call: Call, context: Context): FakeMergeRequest {
  const mergeRequest = mergeRequestOf(call, context);
  allowWrite(projectOf(call, context), mergeRequest.discussionLocked ? 30 : 10);
  return mergeRequest;
}

/** The text that GitLab stores. It executes quick actions and removes them from the text. */
function textOf({ body }: Call): string {
  const text = String(body['body']);
  if ([...text].length > MAX_NOTE) {
    throw badRequest(`Note {:note=>["is too long (maximum is ${MAX_NOTE} characters)"]}`);
  }
  return text
    .replaceAll('\r', '')
    .replace(/^\/(merge|close|assign|label|approve|lock)\b.*$/gim, '')
    .trimEnd();
}

function noteOf(call: Call, context: Context): { discussion: FakeDiscussion; note: FakeNote } {
  for (const discussion of mergeRequestOf(call, context).discussions) {
    const note = discussion.notes.find(({ id }) => String(id) === call.params['note']);
    if (note) return { discussion, note };
  }
  throw notFound('Note');
}

function discussionOf({ params }: Call, { discussions }: FakeMergeRequest): FakeDiscussion {
  const found = discussions.find(({ id }) => id === params['discussion']);
  if (!found) throw notFound('Discussion');
  return found;
}

function discussionShape(discussion: FakeDiscussion): object {
  const { id, individual, notes } = discussion;
  return { id, individual_note: individual, notes: notes.map((note) => noteShape(note, discussion)) };
}

function noteShape(
  { id, body, author, system }: FakeNote,
  { position, individual, resolvedBy }: FakeDiscussion,
): object {
  const resolvable = !individual && !system;
  return {
    ...{ id, body, system, author: userShape(author), resolvable, noteable_type: 'MergeRequest' },
    type: position ? 'DiffNote' : individual ? null : 'DiscussionNote',
    ...(position ? { position } : {}),
    ...(resolvable ? { resolved: resolvedBy !== null, resolved_by: resolvedBy && userShape(resolvedBy) } : {}),
  };
}

function userShape({ id, username, state }: FakeUser): object {
  return { id, username, name: username, state };
}

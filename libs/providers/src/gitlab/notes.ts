import type { ScmCommentRequest, ScmCommentResponse } from '@integrations/contracts';
import { type AnnotationContext, type CommentBoard, keepComment, ProviderError } from '@integrations/provider-kit';
import { type ProjectName, webUrlOf } from '../vendors/gitlab/addresses';
import type { GitLabClient } from '../vendors/gitlab/client';
import { markedBody } from './marked-body';
import { ProjectClient, type Write } from './project';

/** The fields we use of a note, GitLab's term for a comment. */
export interface Note {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly id: number } | null;
  /** True if GitLab wrote it itself, about somebody's action. */
  readonly system: boolean;
}

export interface NotePlace extends ProjectName {
  readonly pullRequestNumber: number;
}

export async function postComment(
  client: GitLabClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  client.refuseJobToken('comment');
  return keepComment(notesOf(new ProjectClient(client, request, context.signal), request), request, context);
}

export function noteCreation({ pullRequestNumber }: Pick<NotePlace, 'pullRequestNumber'>, body: string): Write {
  return { method: 'POST', path: `/merge_requests/${pullRequestNumber}/notes`, body: { body } };
}

export function noteUpdate(
  { pullRequestNumber }: Pick<NotePlace, 'pullRequestNumber'>,
  id: string,
  body: string,
): Write {
  return { method: 'PUT', path: `/merge_requests/${pullRequestNumber}/notes/${id}`, body: { body } };
}

/** GitLab does not send the URL of a note. */
export function noteUrl({ instance }: GitLabClient, place: NotePlace, id: number): string {
  return `${webUrlOf(instance, place)}/-/merge_requests/${place.pullRequestNumber}#note_${id}`;
}

export function notesOf(project: ProjectClient, place: NotePlace): CommentBoard<Note> {
  return {
    mark: markedBody,
    own: () => ownNotes(project, place),
    byId: (id) => noteById(project, place, id),
    create: (body) => project.write<Note>(noteCreation(place, body)),
    update: ({ id }, body) => project.write<Note>(noteUpdate(place, String(id), body)),
    describe: ({ id, body }) => ({ id: String(id), url: noteUrl(project.client, place, id), text: body }),
  };
}

async function* ownNotes(project: ProjectClient, { pullRequestNumber }: NotePlace): AsyncGenerator<Note> {
  const self = await project.client.ownUserId(project.signal);
  const notes = project.list<Note>('comments', ({ notes }, id, page) =>
    notes.all(id, pullRequestNumber, { sort: 'asc', orderBy: 'created_at', ...page }),
  );
  for await (const note of notes) if (!note.system && note.author?.id === self) yield note;
}

/** Throws `invalid_request` for a note of anyone else: a maintainer's token could edit it, but must not. */
async function noteById(project: ProjectClient, { pullRequestNumber }: NotePlace, id: string): Promise<Note> {
  if (!/^\d{1,16}$/.test(id)) throw new ProviderError('invalid_request', 'commentId: must be a number');
  const note = await project.get<Note>('a comment', ({ notes }, of) => notes.show(of, pullRequestNumber, Number(id)));
  const self = await project.client.ownUserId(project.signal);
  if (note.system || note.author?.id !== self) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} was not written by this token's user`);
  }
  return note;
}

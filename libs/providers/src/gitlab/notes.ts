import type { ScmCommentRequest, ScmCommentResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import { type AnnotationContext, markerOf, ProviderError, sameText, shortHash } from '@integrations/provider-kit';
import { type ProjectName, webUrlOf } from './addresses';
import type { GitLabClient } from './client';
import { markedBody } from './marked-body';
import { ProjectClient, type Write } from './project';

/** The fields we use of a note, which is what GitLab calls a comment. */
export interface Note {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly id: number } | null;
  /** Written by GitLab, on what somebody did. */
  readonly system: boolean;
}

export interface NotePlace extends ProjectName {
  readonly pullRequestNumber: number;
}

/**
 * Keeps one note up to date per upsert key: found by its marker and by its author, so that a marker which someone else
 * copied moves nothing. With `updateExisting: false` the marker names the operation instead: each operation adds its own
 * note, once.
 */
export async function postComment(
  client: GitLabClient,
  request: ScmCommentRequest,
  context: AnnotationContext,
): Promise<ScmCommentResponse> {
  client.refuseJobToken('comment');
  const project = new ProjectClient(client, request, context.signal);
  const { commentId } = request;
  if (!commentId) return upsertNote(project, request, request.body, noteMarker(request, context));
  const existing = await noteById(project, request, commentId);
  return bringUpToDate(
    project,
    request,
    existing,
    request.body,
    markerOf(existing.body) ?? noteMarker(request, context),
  );
}

export function noteMarker(
  { updateExisting }: ScmCommentRequest,
  { upsertKey, operationId }: Omit<AnnotationContext, 'signal'>,
): string {
  return shortHash(upsertKey, ...(updateExisting ? [] : [operationId]));
}

/** The one note of ours on the merge request that carries the marker says `text` then. */
export async function upsertNote(
  project: ProjectClient,
  place: NotePlace,
  text: string,
  marker: string,
): Promise<ScmCommentResponse> {
  const self = await project.client.ownUserId(project.signal);
  const notes = project.list<Note>('comments', ({ notes }, id, page) =>
    notes.all(id, place.pullRequestNumber, { sort: 'asc', orderBy: 'created_at', ...page }),
  );
  for await (const note of notes) {
    const isOwn = !note.system && note.author?.id === self;
    if (isOwn && markerOf(note.body) === marker) return bringUpToDate(project, place, note, text, marker);
  }
  const { write, truncated } = noteCreation(place, text, marker);
  return responseOf(project, place, 'created', await project.write<Note>(write), truncated);
}

export function noteCreation(
  { pullRequestNumber }: Pick<NotePlace, 'pullRequestNumber'>,
  text: string,
  marker: string,
) {
  const { body, truncated } = markedBody(text, marker);
  const write: Write = { method: 'POST', path: `/merge_requests/${pullRequestNumber}/notes`, body: { body } };
  return { write, truncated };
}

/** The marker stays what it was; a note by id need not have one. */
export function noteUpdate(
  { pullRequestNumber }: Pick<NotePlace, 'pullRequestNumber'>,
  id: string,
  body: string,
): Write {
  return { method: 'PUT', path: `/merge_requests/${pullRequestNumber}/notes/${id}`, body: { body } };
}

async function bringUpToDate(
  project: ProjectClient,
  place: NotePlace,
  note: Note,
  text: string,
  marker: string,
): Promise<ScmCommentResponse> {
  const { body, truncated } = markedBody(text, marker);
  if (sameText(note.body, body)) return responseOf(project, place, 'unchanged', note, truncated);
  const updated = await project.write<Note>(noteUpdate(place, String(note.id), body));
  return responseOf(project, place, 'updated', updated, truncated);
}

/** A maintainer's token may edit anyone's note; we do not. */
async function noteById(project: ProjectClient, { pullRequestNumber }: NotePlace, id: string): Promise<Note> {
  if (!/^\d{1,16}$/.test(id)) throw new ProviderError('invalid_request', 'commentId: GitLab numbers its comments');
  const note = await project.get<Note>('a comment', ({ notes }, of) => notes.show(of, pullRequestNumber, Number(id)));
  const self = await project.client.ownUserId(project.signal);
  if (note.system || note.author?.id !== self) {
    throw new ProviderError('invalid_request', `commentId: comment ${id} was not written by this token's user`);
  }
  return note;
}

function responseOf(
  { client }: ProjectClient,
  place: NotePlace,
  outcome: WriteOutcome,
  { id }: Note,
  truncated: readonly Truncation[],
): ScmCommentResponse {
  return { outcome, commentId: String(id), url: noteUrl(client, place, id), truncated };
}

/** GitLab gives the pages of notes no address of their own. */
export function noteUrl({ instance }: GitLabClient, place: NotePlace, id: number): string {
  return `${webUrlOf(instance, place)}/-/merge_requests/${place.pullRequestNumber}#note_${id}`;
}

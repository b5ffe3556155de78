import { markerOf, type OwnRemark } from '@integrations/provider-kit';
import type { Note } from './notes';
import type { ProjectClient } from './project';

/** The first note of a discussion, as far as it tells more than others. */
export interface FirstNote extends Note {
  readonly resolved?: boolean;
  readonly resolved_by?: { readonly id: number } | null;
  readonly position?: { readonly position_type?: string } | null;
}

/** The fields we use of a discussion, which is what GitLab calls a thread. */
export interface Discussion {
  readonly id: string;
  readonly notes: readonly [FirstNote, ...Note[]];
}

/** What we have said earlier on the lines of a merge request. `group`: how the markers begin. */
export async function readOwnDiscussions(
  project: ProjectClient,
  pullRequestNumber: number,
  group: string,
): Promise<OwnRemark<Discussion>[]> {
  const self = await project.client.ownUserId(project.signal);
  const own: OwnRemark<Discussion>[] = [];
  for await (const thread of project.list<Discussion>('discussions', ({ discussions }, id, page) =>
    discussions.all(id, pullRequestNumber, page),
  )) {
    const [first] = thread.notes;
    const marker = markerOf(first.body);
    if (first.system || first.author?.id !== self || !marker?.startsWith(group)) continue;
    own.push({ marker, thread, isAnswered: isAnswered(thread, self) });
  }
  return own;
}

/** Somebody else has said something; what GitLab itself writes is no answer. */
function isAnswered({ notes }: Discussion, self: number): boolean {
  return notes.some(({ system, author }) => !system && author?.id !== self);
}

/** Resolved by us: nothing asked for it then. What a person has resolved stays so. */
export function isSettled({ notes: [first] }: Discussion, self: number): boolean {
  return first.resolved === true && first.resolved_by?.id === self;
}

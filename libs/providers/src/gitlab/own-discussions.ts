import { markerOf, type OwnRemark } from '@integrations/provider-kit';
import type { Note } from './notes';
import type { ProjectClient } from './project';

/** The first note of a discussion, with fields that other notes lack. */
export interface FirstNote extends Note {
  readonly resolved?: boolean;
  readonly resolved_by?: { readonly id: number } | null;
  readonly position?: { readonly position_type?: string } | null;
}

/** The fields we use of a discussion, GitLab's term for a thread. */
export interface Discussion {
  readonly id: string;
  readonly notes: readonly [FirstNote, ...Note[]];
}

/** Our earlier remarks on the lines of a merge request. `group`: the prefix of their markers. */
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

/** True if somebody else has commented; GitLab's own notes do not count. */
function isAnswered({ notes }: Discussion, self: number): boolean {
  return notes.some(({ system, author }) => !system && author?.id !== self);
}

/** True if we resolved it because nothing asked for it. A discussion that a person resolved stays resolved. */
export function isSettled({ notes: [first] }: Discussion, self: number): boolean {
  return first.resolved === true && first.resolved_by?.id === self;
}

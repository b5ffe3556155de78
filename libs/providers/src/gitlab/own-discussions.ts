import { markerOf } from '@integrations/provider-kit';
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

/** What we have said earlier on the lines of a merge request. */
export interface OwnDiscussions {
  readonly self: number;
  /** By marker. */
  readonly standing: ReadonlyMap<string, Discussion>;
  /** Further ones with a marker that stands already. */
  readonly surplus: readonly Discussion[];
}

/** `group`: how the markers begin. */
export async function readOwnDiscussions(
  project: ProjectClient,
  pullRequestNumber: number,
  group: string,
): Promise<OwnDiscussions> {
  const self = await project.client.ownUserId(project.signal);
  const standing = new Map<string, Discussion>();
  const surplus: Discussion[] = [];
  for await (const discussion of project.list<Discussion>('discussions', ({ discussions }, id, page) =>
    discussions.all(id, pullRequestNumber, page),
  )) {
    const [first] = discussion.notes;
    const marker = markerOf(first.body);
    if (first.system || first.author?.id !== self || !marker?.startsWith(group)) continue;
    if (standing.has(marker)) surplus.push(discussion);
    else standing.set(marker, discussion);
  }
  return { self, standing, surplus };
}

/** Somebody else has said something; what GitLab itself writes is no answer. */
export function isAnswered({ notes }: Discussion, self: number): boolean {
  return notes.some(({ system, author }) => !system && author?.id !== self);
}

/** Resolved by us: nothing asked for it then. What a person has resolved stays so. */
export function isSettled({ notes: [first] }: Discussion, self: number): boolean {
  return first.resolved === true && first.resolved_by?.id === self;
}

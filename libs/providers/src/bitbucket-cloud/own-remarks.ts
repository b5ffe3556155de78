import { markerOf, type OwnRemark } from '@integrations/provider-kit';
import { type Comment, commentsPath } from './comments';
import { ownAuthor } from './identity';
import type { RepositoryClient } from './repository';

/** Our earlier remarks on the lines of a pull request; `group`: the prefix of their markers. */
export async function readOwnRemarks(
  repository: RepositoryClient,
  pullRequestNumber: number,
  group: string,
): Promise<OwnRemark<Comment>[]> {
  const isOwn = await ownAuthor(repository.client, repository.signal);
  const found: OwnRemark<Comment>[] = [];
  const parents = new Map<number, number>();
  const answered = new Set<number>();
  for await (const comment of repository.list<Comment>(commentsPath({ pullRequestNumber }))) {
    const { id, parent, deleted, user, inline, content } = comment;
    if (parent) parents.set(id, parent.id);
    if (deleted) continue;
    if (parent && !isOwn(user)) answered.add(rootOf(id, parents));
    const marker = markerOf(content?.raw ?? '');
    if (!parent && inline && isOwn(user) && marker?.startsWith(group)) {
      found.push({ marker, thread: comment, isAnswered: false });
    }
  }
  return found.map((one) => ({ ...one, isAnswered: answered.has(one.thread.id) }));
}

/** The comment that starts the thread. A reply names its parent, which may be a reply too and is listed before it. */
function rootOf(id: number, parents: ReadonlyMap<number, number>): number {
  const parent = parents.get(id);
  return parent === undefined ? id : rootOf(parent, parents);
}

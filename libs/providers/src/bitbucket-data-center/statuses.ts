import type { ScmStatusRequest, ScmStatusResponse, WriteOutcome } from '@integrations/contracts';
import type { AnnotationContext } from '@integrations/provider-kit';
import { type Build, buildCreation, buildOf, buildsPath, type Commit, STATE_OF_STATUS } from './builds';
import type { BitbucketClient } from './client';
import { asAbsent, pageOf, RepositoryClient } from './repository';
import { isSince } from './version';

/** The largest page of the old API, which lists the newest first. */
const LEGACY_PAGE = '100';

export async function postStatus(
  client: BitbucketClient,
  request: ScmStatusRequest,
  { signal }: AnnotationContext,
): Promise<ScmStatusResponse> {
  const { build, truncated } = statusOf(client.base, request);
  const outcome = await report(new RepositoryClient(client, request, signal), commitOf(request), build);
  const { state, context } = request;
  return { outcome, statusId: build.key, url: build.url, state, context, truncated };
}

export function statusOf(base: string, request: ScmStatusRequest) {
  const { state, context: name, description, targetUrl } = request;
  return buildOf(base, commitOf(request), { state: STATE_OF_STATUS[state], name, description, targetUrl });
}

export function commitOf({ commitSha: sha, owner, repository }: ScmStatusRequest): Commit {
  return { owner, repository, sha };
}

/** Sets a status unless the current one is equal. Bitbucket keeps one per key and replaces it. */
export async function report(repository: RepositoryClient, commit: Commit, build: Build): Promise<WriteOutcome> {
  const version = await repository.client.version(repository.signal);
  const current = await currentBuild(repository, commit, build.key, version);
  const wanted = isSince(version, '7.4') ? build : legacyOf(build);
  if (current && isEqual(current, wanted)) return 'unchanged';
  const { sha } = commit;
  await repository.write(
    isSince(version, '7.4') ? buildCreation(commit, build) : { method: 'POST', path: legacyPath(sha), body: wanted },
  );
  return current ? 'updated' : 'created';
}

/** Reading a single status is possible since 7.14. */
async function currentBuild(
  repository: RepositoryClient,
  commit: Commit,
  key: string,
  version: string,
): Promise<Partial<Build> | null> {
  if (isSince(version, '7.14')) return repository.at(buildsPath(commit), { key }).catch(asAbsent);
  const listed = await repository.at(legacyPath(commit.sha), { limit: LEGACY_PAGE }).catch(asAbsent);
  if (!listed) return null;
  const { values } = pageOf<Partial<Build>>(listed, 'the request for build statuses');
  return values.find((one) => one.key === key) ?? null;
}

/**
 * The API before 7.4, deprecated since 7.14. Its statuses belong to a commit in any repository, and have fewer states.
 */
function legacyPath(sha: string): string {
  return `/rest/build-status/1.0/commits/${sha}`;
}

function legacyOf({ key, state, url, name, description }: Build): Omit<Build, 'parent'> {
  return { key, state: state === 'CANCELLED' ? 'FAILED' : state, url, name, ...(description ? { description } : {}) };
}

function isEqual(current: Partial<Build>, wanted: Omit<Build, 'parent'>): boolean {
  const { state, url, name, description } = current;
  const isSame = state === wanted.state && url === wanted.url && name === wanted.name;
  return isSame && (description ?? '') === (wanted.description ?? '');
}

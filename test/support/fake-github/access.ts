import { GitHubRefusal, notFound } from './answer.ts';
import type { Permissions } from './auth.ts';
import type { Call, Context } from './routes.ts';
import type { FakeRepository } from './world.ts';

/** The repository in the path, if the token may see it and has one of the permissions. */
export function repositoryFor(call: Call, context: Context, level: Level, ...permissions: string[]): FakeRepository {
  const token = context.gate.installationToken(call.authorization);
  const { installation, repository } = context.world.repository(call.params['owner']!, call.params['repo']!);
  if (installation.id !== token.installationId) throw notFound();
  // A revoked permission also applies to tokens that were already issued.
  const held = (name: string) =>
    grants(token.permissions, name, level) && grants(installation.permissions, name, level);
  if (!permissions.some(held)) {
    throw new GitHubRefusal(403, 'Resource not accessible by integration', undefined, {
      'x-accepted-github-permissions': permissions.map((name) => `${name}=${level}`).join('; '),
    });
  }
  return repository;
}

export type Level = 'read' | 'write';

export function grants(permissions: Permissions, name: string, level: Level): boolean {
  const granted = permissions[name];
  return granted === 'write' || granted === level;
}

/** The commit named in a path or body. Throws GitHub's 422 if there is none. */
export function commitOf(repository: FakeRepository, sha: string) {
  const commit = repository.commits.get(sha);
  if (!commit) throw new GitHubRefusal(422, `No commit found for SHA: ${sha}`);
  return commit;
}

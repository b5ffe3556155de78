import { commitOf, repositoryFor } from './access.ts';
import { GitHubRefusal, invalid } from './answer.ts';
import { page, type Route, text } from './routes.ts';
import type { FakeStatus } from './world.ts';

// None of these limits is in the description; GitHub states them in its 422s.
const MAX_DESCRIPTION = 140;
const MAX_PER_CONTEXT = 1_000;

/** Commit statuses. They never change, and the newest of a context counts. */
export const STATUSES_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    template: '/repos/{owner}/{repo}/statuses/{sha}',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'write', 'statuses');
      const { statuses } = commitOf(repository, call.params['sha']!);
      const description = text(call.body['description']);
      if ([...(description ?? '')].length > MAX_DESCRIPTION) {
        throw invalid('Status', 'description', `description is too long (maximum is ${MAX_DESCRIPTION} characters)`);
      }
      if (/[\u{10000}-\u{10ffff}]/u.test(description ?? '')) {
        throw invalid('Status', 'description', "description doesn't accept 4-byte Unicode");
      }
      const context_ = text(call.body['context']) ?? 'default';
      if (statuses.filter((status) => sameContext(status.context, context_)).length >= MAX_PER_CONTEXT) {
        throw new GitHubRefusal(422, 'Validation Failed', [
          'This SHA and context has reached the maximum number of statuses.',
        ]);
      }
      const status: FakeStatus = {
        id: context.world.nextId(),
        state: text(call.body['state'])!,
        context: context_,
        description,
        target_url: text(call.body['target_url']),
        createdAt: new Date(context.now()).toISOString(),
      };
      statuses.push(status);
      return { status: 201, body: context.shapes.status(repository, call.params['sha']!, status) };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/commits/{ref}/statuses',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', 'statuses');
      const sha = call.params['ref']!;
      const newestFirst = [...commitOf(repository, sha).statuses].reverse();
      const url = `${context.shapes.repositoryUrl(repository)}/commits/${sha}/statuses`;
      const { items, headers } = page(newestFirst, call, url);
      const body = items.map((status) => context.shapes.status(repository, sha, status as FakeStatus));
      return { status: 200, body, headers };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/commits/{ref}/status',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', 'statuses');
      const sha = call.params['ref']!;
      const latest = new Map(
        commitOf(repository, sha).statuses.map((status) => [status.context.toLowerCase(), status]),
      );
      const url = `${context.shapes.repositoryUrl(repository)}/commits/${sha}/status`;
      const { items, headers } = page([...latest.values()], call, url);
      const body = {
        state: combined([...latest.values()]),
        statuses: items.map((status) => context.shapes.status(repository, sha, status as FakeStatus, true)),
        sha,
        total_count: latest.size,
        repository: context.shapes.repository(repository),
        commit_url: url.replace(/\/status$/, ''),
        url,
      };
      return { status: 200, body, headers };
    },
  },
];

function sameContext(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function combined(statuses: readonly FakeStatus[]): string {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  if (statuses.length === 0 || statuses.some(({ state }) => state === 'pending')) return 'pending';
  return 'success';
}

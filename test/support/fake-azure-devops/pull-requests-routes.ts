import { refusal } from './answer.ts';
import {
  type Call,
  type Context,
  IN_REPOSITORY,
  list,
  ON_PULL_REQUEST,
  page,
  pullRequestOf,
  repositoryOf,
  type Route,
} from './routes.ts';
import type { FakeIteration, FakePullRequest } from './world.ts';

const READ = ['vso.code', 'vso.code_write'] as const;

/** Pull requests, their iterations, and the changes of each iteration. */
export const PULL_REQUESTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${IN_REPOSITORY}/pullRequests`,
    query: ['searchCriteria.status', '$top', '$skip'],
    scopes: READ,
    handle(call, context) {
      const status = call.query.get('searchCriteria.status') ?? 'active';
      const found = [...repositoryOf(call, context).pullRequests.values()].filter(
        (one) => status === 'all' || one.status === status,
      );
      return page(found, call, '$', pullRequestShape);
    },
  },
  {
    method: 'GET',
    template: ON_PULL_REQUEST,
    query: ['includeCommits', 'includeWorkItemRefs'],
    scopes: READ,
    handle: (call, context) => ({ status: 200, body: pullRequestShape(pullRequestOf(call, context)) }),
  },
  {
    method: 'GET',
    template: `${ON_PULL_REQUEST}/iterations`,
    query: ['includeCommits'],
    scopes: READ,
    handle: (call, context) => list(iterationsOf(pullRequestOf(call, context)).map(iterationShape)),
  },
  {
    method: 'GET',
    template: `${ON_PULL_REQUEST}/iterations/{iteration}/changes`,
    query: ['$top', '$skip', '$compareTo'],
    scopes: READ,
    handle: changes,
  },
  {
    method: 'GET',
    template: `${IN_REPOSITORY}/items`,
    query: ['path', 'includeContent', '$format', 'versionDescriptor.version', 'versionDescriptor.versionType'],
    scopes: READ,
    handle: item,
  },
];

function changes(call: Call, context: Context) {
  const iterations = iterationsOf(pullRequestOf(call, context));
  const iteration = iterations.find(({ id }) => String(id) === call.params['iteration']);
  if (!iteration) throw refusal(404, 'GitPullRequestIterationNotFoundException', 'TF401180: No such iteration.');
  const skip = Number(call.query.get('$skip') ?? 0);
  const top = Math.min(Number(call.query.get('$top') ?? 100), 2_000);
  const isMore = iteration.changes.length > skip + top;
  const numbers = changeTrackingIds(iterations);
  const changeEntries = iteration.changes.slice(skip, skip + top).map((change, index) => {
    const { path, changeType, originalPath } = change;
    const item = { objectId: 'e21e56d119ae81fb4ffebc4fefc6351f5b5ef888', path };
    const renamed = originalPath ? { originalPath } : {};
    return { changeTrackingId: numbers.get(path), changeId: skip + index + 1, item, changeType, ...renamed };
  });
  return { status: 200, body: { changeEntries, nextSkip: isMore ? skip + top : 0, nextTop: isMore ? top : 0 } };
}

/** Changed files of pull requests, if their text is known. */
function item(call: Call, context: Context) {
  const [path, commitId, type] = ['path', 'versionDescriptor.version', 'versionDescriptor.versionType'].map((name) =>
    call.query.get(name),
  );
  const iterations = [...repositoryOf(call, context).pullRequests.values()].flatMap((one) => one.iterations);
  const there = iterations.find(({ head }) => type === 'commit' && head === commitId);
  const content = there?.changes.find((change) => change.path === path)?.content;
  if (content === undefined) {
    const message = `TF401174: The item '${path}' could not be found in the repository at the version specified by '<Commit: ${commitId} >'.`;
    throw refusal(404, 'GitItemNotFoundException', message);
  }
  const shown = call.query.get('includeContent') === 'true' ? { content } : {};
  return { status: 200, body: { objectId: '0'.repeat(40), gitObjectType: 'blob', commitId, path, url: '', ...shown } };
}

/** Tracking ids by path. A file keeps its id in all iterations. */
export function changeTrackingIds(iterations: readonly FakeIteration[]): ReadonlyMap<string, number> {
  const paths = new Set(iterations.flatMap((iteration) => iteration.changes.map((one) => one.path)));
  return new Map([...paths].map((path, index) => [path, index + 1]));
}

/** A pull request without iterations has one that stands for its newest commit. */
function iterationsOf({ supportsIterations, iterations }: FakePullRequest): readonly FakeIteration[] {
  return supportsIterations ? iterations : [{ ...iterations.at(-1)!, id: 1 }];
}

function pullRequestShape({ id, status, isDraft, supportsIterations, iterations }: FakePullRequest): object {
  return {
    ...{ pullRequestId: id, codeReviewId: id, status, isDraft, supportsIterations, title: `Pull request ${id}` },
    ...{ sourceRefName: `refs/heads/topic-${id}`, targetRefName: 'refs/heads/main', mergeStatus: 'succeeded' },
    lastMergeSourceCommit: { commitId: iterations.at(-1)!.head, url: '' },
  };
}

function iterationShape({ id, head }: FakeIteration): object {
  return {
    ...{ id, description: 'push', reason: id === 1 ? 'create' : 'push', hasMoreCommits: false },
    sourceRefCommit: { commitId: head },
    targetRefCommit: { commitId: 'c'.repeat(40) },
    commonRefCommit: { commitId: 'b'.repeat(40) },
  };
}

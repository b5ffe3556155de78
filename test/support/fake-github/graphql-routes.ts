import { grants } from './access.ts';
import type { Answer } from '../fake-vendor/answer.ts';
import { reviewCommentUrl } from './review-shapes.ts';
import { type Context, type Route, text } from './routes.ts';
import type { FakeInstallation, FakePull, FakeReviewComment } from './world.ts';

type Variables = Readonly<Record<string, unknown>>;

/** The GraphQL endpoint, with the three operations that REST lacks. The OpenAPI description does not cover it. */
export const GRAPHQL_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    template: '/graphql',
    isDescribed: false,
    handle(call, context) {
      const query = (text(call.body['query']) ?? '').replace(/\s+/g, ' ').trim();
      const variables = (call.body['variables'] ?? {}) as Variables;
      const operation = OPERATIONS.find(({ document }) => document === query);
      if (!operation) return refusal('undefined', `The fake does not know: ${query}`);
      const token = context.gate.installationToken(call.authorization);
      const installation = context.world.installations.get(token.installationId)!;
      return operation.answer(variables, { ...installation, permissions: token.permissions }, context);
    },
  },
];

const OPERATIONS: readonly {
  readonly document: string;
  answer(variables: Variables, installation: FakeInstallation, context: Context): Answer;
}[] = [
  {
    document:
      'query ($owner: String!, $name: String!, $number: Int!, $after: String) { repository(owner: $owner, name: $name) { pullRequest(number: $number) { reviewThreads(first: 100, after: $after) { nodes { id isResolved comments(first: 1) { nodes { url } } } pageInfo { hasNextPage endCursor } } } } }',
    answer: threads,
  },
  ...(['resolveReviewThread', 'unresolveReviewThread'] as const).map((name) => ({
    document: `mutation ($threadId: ID!) { ${name}(input: { threadId: $threadId }) { thread { id isResolved } } }`,
    answer: (variables: Variables, installation: FakeInstallation, context: Context) =>
      setResolved(name, variables, installation, context),
  })),
];

const PER_PAGE = 100;

function threads(variables: Variables, installation: FakeInstallation, context: Context): Answer {
  const repository = installation.repositories.get(String(variables['name']).toLowerCase());
  const pull = repository?.pulls.get(Number(variables['number']));
  if (!repository || !pull) return refusal('NOT_FOUND', 'Could not resolve to a PullRequest');
  const all = pull.reviewComments.filter(({ inReplyTo }) => inReplyTo === null);
  const from = Number(variables['after'] ?? 0);
  const nodes = all.slice(from, from + PER_PAGE).map((root) => ({
    id: threadId(root),
    isResolved: root.isResolved,
    comments: { nodes: [{ url: reviewCommentUrl(context.shapes, repository, pull, root) }] },
  }));
  const end = from + nodes.length;
  const pageInfo = { hasNextPage: end < all.length, endCursor: nodes.length > 0 ? String(end) : null };
  return { status: 200, body: { data: { repository: { pullRequest: { reviewThreads: { nodes, pageInfo } } } } } };
}

function setResolved(
  name: 'resolveReviewThread' | 'unresolveReviewThread',
  variables: Variables,
  installation: FakeInstallation,
  { world }: Context,
): Answer {
  const pulls = [...installation.repositories.values()].flatMap(({ pulls }) => [...pulls.values()]);
  const root = rootOf(pulls, String(variables['threadId']));
  if (!root) return refusal('NOT_FOUND', 'Could not resolve to a node');
  // Pull requests alone do not suffice: https://github.com/orgs/community/discussions/44650
  const needed = ['pull_requests', 'contents'];
  if (!world.mayResolve || !needed.every((name) => grants(installation.permissions, name, 'write'))) {
    return refusal('FORBIDDEN', 'Resource not accessible by integration');
  }
  root.isResolved = name === 'resolveReviewThread';
  return {
    status: 200,
    body: { data: { [name]: { thread: { id: threadId(root), isResolved: root.isResolved } } } },
  };
}

function rootOf(pulls: readonly FakePull[], id: string): FakeReviewComment | undefined {
  return pulls.flatMap(({ reviewComments }) => reviewComments).find((comment) => threadId(comment) === id);
}

function threadId({ id }: FakeReviewComment): string {
  return `PRRT_${id}`;
}

/** GraphQL reports errors with a 200. */
function refusal(type: string, message: string): Answer {
  return { status: 200, body: { data: null, errors: [{ type, message, path: [] }] } };
}

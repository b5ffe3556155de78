import { HttpAnswer } from '../fake-vendor/answer.ts';
import { badRequest, notFound } from './answer.ts';
import { allowWrite, type Call, type Context, page, projectOf, type Route } from './routes.ts';
import type { FakePipeline, FakeProject, FakeStatus } from './world.ts';

const UNFINISHED = ['pending', 'running'];
/** The event that leads to each state, and the states from which it is allowed. */
const EVENTS: Readonly<Record<string, { readonly event: string; readonly from: readonly string[] }>> = {
  pending: { event: 'enqueue', from: ['created'] },
  running: { event: 'run', from: ['created', 'pending'] },
  success: { event: 'success', from: ['created', 'pending', 'running'] },
  failed: { event: 'drop', from: ['created', 'pending', 'running'] },
  canceled: { event: 'cancel', from: ['created', 'pending', 'running'] },
};

/** Commit statuses, which are jobs of a pipeline. An unfinished job is updated; a finished one is not. */
export const STATUSES_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/projects/{id}/repository/commits/{sha}/statuses',
    query: ['name', 'page', 'per_page', 'all', 'ref', 'stage'],
    handle(call, context) {
      const { statuses } = commitOf(projectOf(call, context), call.params['sha']!);
      const name = call.query.get('name');
      const newest = new Map(
        statuses
          .filter((status) => name === null || status.name === name)
          .map((status) => [`${status.pipeline} ${status.name}`, status]),
      );
      return page([...newest.values()], call, (status) => statusShape(status, call.params['sha']!));
    },
  },
  {
    method: 'POST',
    template: '/projects/{id}/statuses/{sha}',
    // https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
    body: {
      type: 'object',
      required: ['state'],
      additionalProperties: false,
      properties: {
        state: { enum: Object.keys(EVENTS) },
        name: { type: 'string', maxLength: 255 },
        description: { type: 'string', maxLength: 255 },
        target_url: { type: 'string', maxLength: 255 },
        ref: { type: 'string' },
        pipeline_id: { type: 'integer' },
      },
    },
    handle(call, context) {
      const status = report(call, context);
      return { status: 201, body: statusShape(status, call.params['sha']!) };
    },
  },
];

function report(call: Call, context: Context): FakeStatus {
  const { body, params } = call;
  const project = projectOf(call, context);
  const { statuses, branches } = commitOf(project, params['sha']!);
  if (context.world.isLocked) {
    throw new HttpAnswer(409, { message: 'Another update to this commit status is in progress' });
  }
  const pipeline = pipelineFor(call, context, project, branches);
  allowWrite(project, project.protectedBranches.includes(pipeline.ref) ? 40 : 30);
  const name = String(body['name'] ?? 'default');
  if (pipeline.jobs.includes(name)) throw new HttpAnswer(400, { message: { name: ['has already been taken'] } });
  const current = statuses.find(
    (one) =>
      UNFINISHED.includes(one.status) &&
      one.pipeline === pipeline.id &&
      one.name === name &&
      one.author === call.token.user,
  );
  if (!current && statuses.length >= context.world.maxJobs) {
    throw new HttpAnswer(422, { message: 'The number of jobs has exceeded the limit' });
  }
  const state = String(body['state']);
  const { event, from } = EVENTS[state]!;
  const before = current?.status ?? 'created';
  if (!from.includes(before)) throw badRequest(`Cannot transition status via :${event} from :${before}`);
  const text = (field: string) => (typeof body[field] === 'string' ? String(body[field]) : null);
  const said = { status: state, description: text('description'), targetUrl: text('target_url') };
  if (current) return Object.assign(current, said);
  const { id: pipelineId, ref } = pipeline;
  const made = { ...said, id: context.world.nextId(), author: call.token.user, name, ref, pipeline: pipelineId };
  statuses.push(made);
  return made;
}

/**
 * The newest matching pipeline that is not archived. Otherwise a new pipeline for the ref, or for the first branch that
 * contains the commit.
 */
function pipelineFor(
  { body, params }: Call,
  { world }: Context,
  { pipelines }: FakeProject,
  branches: readonly string[],
): FakePipeline {
  const sha = params['sha']!;
  const given = typeof body['ref'] === 'string' ? body['ref'] : undefined;
  const found = pipelines
    .filter((one) => one.sha === sha && !one.archived && (given === undefined || one.ref === given))
    .filter(({ id }) => body['pipeline_id'] === undefined || id === body['pipeline_id'])
    .at(-1);
  if (found) return found;
  if (body['pipeline_id'] !== undefined) throw notFound('Pipeline for pipeline_id, sha and ref');
  const ref = given ?? branches[0];
  if (ref === undefined) throw notFound('References for commit');
  const made = world.newPipeline({ sha, ref, source: 'external' });
  pipelines.push(made);
  return made;
}

function commitOf({ commits }: FakeProject, sha: string) {
  const commit = commits.get(sha);
  if (!commit) throw notFound('Commit');
  return commit;
}

function statusShape(
  { id, status, name, description, targetUrl, ref, pipeline, author }: FakeStatus,
  sha: string,
): object {
  const { id: authorId, username } = author;
  return {
    ...{ id, sha, ref, status, name, description, target_url: targetUrl, pipeline_id: pipeline },
    author: { id: authorId, username },
  };
}

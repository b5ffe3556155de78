import { forbidden } from './answer.ts';
import { page, projectOf, type Route } from './routes.ts';
import type { FakePipeline } from './world.ts';

const TEXT = { type: 'string' };
const NUMBER = { type: 'integer' };
const TIME = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(Z|[+-]\\d\\d:\\d\\d)$' };

/** Pipelines in GitLab's sense, newest first. */
export const PIPELINES_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/projects/{id}/pipelines',
    query: ['sha', 'order_by', 'sort', 'page', 'per_page'],
    // https://docs.gitlab.com/api/pipelines/#list-project-pipelines
    answer: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'iid', 'project_id', 'sha', 'ref', 'status', 'source', 'created_at', 'updated_at', 'web_url'],
        additionalProperties: false,
        properties: {
          ...{ id: NUMBER, iid: NUMBER, project_id: NUMBER, sha: TEXT, ref: TEXT, status: TEXT, source: TEXT },
          ...{ created_at: TIME, updated_at: TIME, web_url: TEXT, name: { type: ['string', 'null'] } },
        },
      },
    },
    handle(call, context) {
      const project = projectOf(call, context);
      if (project.accessLevel === 0 || !project.hasCi) throw forbidden();
      const found = project.pipelines.filter(({ sha }) => sha === (call.query.get('sha') ?? sha));
      return page([...found].reverse(), call, (pipeline) => pipelineShape(pipeline, project, context.url));
    },
  },
];

export function pipelineShape(
  { id, sha, ref, status, source, createdAt }: FakePipeline,
  project: { readonly id: number; readonly path: string },
  url: string,
): object {
  return {
    ...{ id, iid: id % 1_000, project_id: project.id, sha, ref, status, source },
    ...{ created_at: createdAt, updated_at: createdAt, web_url: `${url}/${project.path}/-/pipelines/${id}` },
  };
}

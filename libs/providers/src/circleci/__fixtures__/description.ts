import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * The answers of the few operations that we use, with their required fields, from the published description of
 * CircleCI's API v2 (https://circleci.com/docs/api/v2/openapi.json).
 */
const text = { type: 'string' };
const uuid = { type: 'string', format: 'uuid' };
const time = { type: 'string', format: 'date-time' };
const count = { type: 'integer' };
const token = { type: 'string', nullable: true };

function fields(properties: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}): object {
  const all = { ...properties, ...optional };
  return { type: 'object', properties: all, required: Object.keys(properties), additionalProperties: false };
}

function page(items: object): object {
  return fields({ items: { type: 'array', items }, next_page_token: token });
}

const vcs = fields(
  { provider_name: text, origin_repository_url: text, target_repository_url: text, revision: text },
  { branch: text, tag: text, review_id: text, review_url: text, commit: { type: 'object' } },
);
const pipeline = fields(
  {
    ...{ id: uuid, number: count, project_slug: text, created_at: time },
    state: { enum: ['created', 'errored', 'setup-pending', 'setup', 'pending'] },
    errors: { type: 'array', items: fields({ type: text, message: text }) },
    trigger: fields({ type: text, received_at: time, actor: fields({ login: text, avatar_url: text }) }),
  },
  { updated_at: time, vcs, trigger_parameters: { type: 'object' } },
);
const statuses = ['success', 'running', 'not_run', 'failed', 'error', 'failing', 'on_hold', 'canceled', 'unauthorized'];
const workflow = fields(
  {
    ...{ id: uuid, name: text, project_slug: text, pipeline_id: uuid, pipeline_number: count, started_by: uuid },
    ...{ status: { enum: statuses }, created_at: time, stopped_at: { ...time, nullable: true } },
  },
  { canceled_by: uuid, errored_by: uuid, tag: text },
);

const ajv = addFormats.default(new Ajv());

/** Answers by the path below `/api/v2`. */
const ANSWERS: readonly (readonly [RegExp, ValidateFunction])[] = [
  [/^\/me$/, ajv.compile(fields({ id: uuid, login: text, name: text }, { avatar_url: text }))],
  [/^\/project\/[^/]+\/[^/]+\/[^/]+\/pipeline$/, ajv.compile(page(pipeline))],
  [/^\/pipeline\/[^/]+\/workflow$/, ajv.compile(page(workflow))],
];

/** How an answer violates the description; null if it does not. */
export function flawOf(path: string, body: unknown): string | null {
  const validate = ANSWERS.find(([pattern]) => pattern.test(path))?.[1];
  if (!validate) return `${path} is not described`;
  return validate(body) ? null : `${path}: ${ajv.errorsText(validate.errors)}`;
}

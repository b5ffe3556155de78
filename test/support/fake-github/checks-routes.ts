import { commitOf, repositoryFor } from './access.ts';
import { invalid, notFound } from './answer.ts';
import type { Json, JsonObject } from './openapi-schema.ts';
import { type Call, type Context, page, type Route, text } from './routes.ts';
import type { FakeAnnotation, FakeCheckRun, FakeRepository } from './world.ts';

// The description limits the characters of the summary only; it gives the other limits in prose.
const MAX_OUTPUT_BYTES = 65_535;
const MAX_MESSAGE_BYTES = 65_536;
const MAX_TITLE = 255;
const ONE = '/repos/{owner}/{repo}/check-runs/{check_run_id}';

/** Check runs. Each update appends annotations; none are ever removed. */
export const CHECKS_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    template: '/repos/{owner}/{repo}/check-runs',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'write', 'checks');
      const { checkRuns } = commitOf(repository, text(call.body['head_sha'])!);
      const run: FakeCheckRun = {
        ...{ id: context.world.nextId(), head_sha: text(call.body['head_sha'])!, name: '', external_id: '' },
        ...{ details_url: 'https://app.example', status: 'queued', conclusion: null, completed_at: null },
        started_at: new Date(context.now()).toISOString(),
        output: { title: null, summary: null, text: null },
        annotations: [],
        viaApp: true,
      };
      apply(run, call.body, context);
      checkRuns.push(run);
      context.world.checkRuns.set(run.id, { repository, run });
      return { status: 201, body: context.shapes.checkRun(repository, run) };
    },
  },
  {
    method: 'PATCH',
    template: ONE,
    handle(call, context) {
      const { repository, run } = runOf(call, context, 'write');
      apply(run, call.body, context);
      return { status: 200, body: context.shapes.checkRun(repository, run) };
    },
  },
  {
    method: 'GET',
    template: ONE,
    handle(call, context) {
      const { repository, run } = runOf(call, context, 'read');
      return { status: 200, body: context.shapes.checkRun(repository, run) };
    },
  },
  {
    method: 'GET',
    template: `${ONE}/annotations`,
    handle(call, context) {
      const { repository, run } = runOf(call, context, 'read');
      const url = `${context.shapes.repositoryUrl(repository)}/check-runs/${run.id}/annotations`;
      const { items, headers } = page(run.annotations, call, url);
      const absent = { start_column: null, end_column: null, title: null, raw_details: null, blob_href: url };
      return { status: 200, body: items.map((annotation) => ({ ...absent, ...(annotation as object) })), headers };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/commits/{ref}/check-runs',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', 'checks');
      const sha = call.params['ref']!;
      const found = matching(commitOf(repository, sha).checkRuns, call, context);
      const url = `${context.shapes.repositoryUrl(repository)}/commits/${sha}/check-runs`;
      const { items, headers } = page(found, call, url);
      const check_runs = items.map((run) => context.shapes.checkRun(repository, run as FakeCheckRun));
      return { status: 200, body: { total_count: found.length, check_runs }, headers };
    },
  },
];

function matching(runs: readonly FakeCheckRun[], call: Call, context: Context): FakeCheckRun[] {
  const name = call.query.get('check_name');
  const status = call.query.get('status');
  const app = call.query.get('app_id');
  if (app !== null && Number(app) !== context.app.id) return [];
  const wanted = runs.filter((run) => (name ?? run.name) === run.name && (status ?? run.status) === run.status);
  if (call.query.get('filter') === 'all') return wanted.reverse();
  return [...new Map(wanted.map((run) => [run.name, run])).values()];
}

function runOf(
  call: Call,
  context: Context,
  level: 'read' | 'write',
): { repository: FakeRepository; run: FakeCheckRun } {
  const repository = repositoryFor(call, context, level, 'checks');
  const found = context.world.checkRuns.get(Number(call.params['check_run_id']));
  if (!found || found.repository !== repository) throw notFound();
  return found;
}

/** Validates everything before it changes anything, so an update applies as a whole or not at all. */
function apply(run: FakeCheckRun, body: Readonly<Record<string, Json>>, context: Context): void {
  const output = (body['output'] ?? {}) as JsonObject;
  const annotations = (output['annotations'] ?? []) as unknown as FakeAnnotation[];
  for (const field of ['summary', 'text']) requireBytes('output', field, text(output[field]), MAX_OUTPUT_BYTES);
  annotations.forEach(checkAnnotation);
  const conclusion = text(body['conclusion']);
  const status = conclusion ? 'completed' : (text(body['status']) ?? run.status);
  if (status === 'completed' && !(conclusion ?? run.conclusion)) {
    throw invalid('CheckRun', 'conclusion', 'A completed check run needs a conclusion');
  }

  run.name = text(body['name']) ?? run.name;
  run.external_id = text(body['external_id']) ?? run.external_id;
  run.details_url = text(body['details_url']) ?? run.details_url;
  run.started_at = text(body['started_at']) ?? run.started_at;
  run.status = status;
  run.conclusion = status === 'completed' ? (conclusion ?? run.conclusion) : null;
  run.completed_at = status === 'completed' ? new Date(context.now()).toISOString() : null;
  for (const field of ['title', 'summary', 'text'] as const) {
    if (field in output) run.output[field] = text(output[field]);
  }
  run.annotations.push(...annotations);
}

function checkAnnotation(annotation: FakeAnnotation): void {
  if (annotation.start_line < 1) throw invalid('CheckRun', 'start_line', 'lines count from 1');
  if (annotation.end_line < annotation.start_line) {
    throw invalid('CheckRun', 'end_line', 'must not come before start_line');
  }
  if ([...(annotation.title ?? '')].length > MAX_TITLE) throw invalid('CheckRun', 'title', 'title is too long');
  requireBytes('annotations', 'message', annotation.message, MAX_MESSAGE_BYTES);
}

function requireBytes(resource: string, field: string, value: string | null, limit: number): void {
  if (Buffer.byteLength(value ?? '') <= limit) return;
  throw invalid(resource, field, `${field} exceeds a maximum bytesize of ${limit}`);
}

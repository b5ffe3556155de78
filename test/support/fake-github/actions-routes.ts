import type { Answer } from '../fake-vendor/answer.ts';
import { repositoryFor } from './access.ts';
import { notFound } from './answer.ts';
import { type Call, type Context, page, type Route } from './routes.ts';
import type { FakeRepository, FakeWorkflow, FakeWorkflowRun } from './world.ts';

/** Workflows and their runs, newest first. */
export const ACTIONS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/workflows',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', 'actions');
      const url = `${context.shapes.repositoryUrl(repository)}/actions/workflows`;
      const { items, headers } = page(repository.workflows, call, url);
      const workflows = (items as FakeWorkflow[]).map((one) => workflowShape(one, url));
      return { status: 200, headers, body: { total_count: repository.workflows.length, workflows } };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/runs',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', 'actions');
      return runsOf(repository, repository.workflows, call, context);
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
    handle(call, context) {
      const repository = repositoryFor(call, context, 'read', 'actions');
      const workflow = repository.workflows.find(({ id }) => String(id) === call.params['workflow_id']);
      if (!workflow) throw notFound();
      return runsOf(repository, [workflow], call, context);
    },
  },
];

interface Started {
  readonly run: FakeWorkflowRun;
  readonly workflow: FakeWorkflow;
}

function runsOf(
  repository: FakeRepository,
  workflows: readonly FakeWorkflow[],
  call: Call,
  { shapes }: Context,
): Answer {
  const sha = call.query.get('head_sha');
  const found = workflows
    .flatMap((workflow) => workflow.runs.map((run): Started => ({ run, workflow })))
    .filter(({ run }) => sha === null || run.sha === sha)
    .sort((a, b) => Date.parse(b.run.createdAt) - Date.parse(a.run.createdAt));
  const url = shapes.repositoryUrl(repository);
  const { items, headers } = page(found, call, `${url}/actions/runs`);
  const of = shapes.repository(repository);
  const workflow_runs = (items as Started[]).map((one) => runShape(one, of, url));
  return { status: 200, headers, body: { total_count: found.length, workflow_runs } };
}

function workflowShape({ id, name, state }: FakeWorkflow, url: string): object {
  const path = `.github/workflows/${name.toLowerCase()}.yml`;
  const at = '2026-01-01T00:00:00.000Z';
  return {
    ...{ id, node_id: `W_${id}`, name, path, state, created_at: at, updated_at: at },
    ...{ url: `${url}/${id}`, html_url: `${url}/blob/main/${path}`, badge_url: `${url}/${id}/badge.svg` },
  };
}

const RUN_URLS = ['jobs', 'logs', 'check_suite', 'artifacts', 'cancel', 'rerun', 'workflow'];

function runShape({ run, workflow }: Started, repository: object, repositoryUrl: string): object {
  const { id, number: run_number, sha: head_sha, branch: head_branch, status, conclusion, createdAt } = run;
  const { id: workflow_id, name } = workflow;
  const url = `${repositoryUrl}/actions/runs/${id}`;
  const after = (seconds: number) => new Date(Date.parse(createdAt) + seconds * 1_000).toISOString();
  const person = { name: 'Alice', email: 'alice@acme.example' };
  return {
    ...{ id, node_id: `WFR_${id}`, name, display_title: 'A change', run_number, run_attempt: 1, event: 'push' },
    ...{ head_branch, head_sha, status, conclusion, workflow_id, path: '.github/workflows/ci.yml@main' },
    ...{ url, html_url: url, pull_requests: [] },
    ...Object.fromEntries(RUN_URLS.map((part) => [`${part}_url`, `${url}/${part}`])),
    ...{ created_at: createdAt, run_started_at: after(5), updated_at: after(65) },
    ...{ repository, head_repository: repository },
    head_commit: {
      ...{ id: head_sha, tree_id: head_sha, message: 'A change', timestamp: createdAt },
      ...{ author: person, committer: person },
    },
  };
}

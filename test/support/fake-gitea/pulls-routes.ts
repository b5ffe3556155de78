import { PAGED, page, pullOf, repositoryOf, type Route } from './routes.ts';
import type { FakePull } from './world.ts';

const ON = '/repos/{owner}/{repo}/pulls';

/** Pull requests and their diffs. */
export const PULLS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    query: [...PAGED, 'state', 'sort'],
    scope: 'repository',
    handle(call, context) {
      const state = call.query.get('state') ?? 'open';
      const found = [...repositoryOf(call, context).pulls.values()].filter(
        (pull) => state === 'all' || pull.state === state,
      );
      return page(found, call, context, pullShape);
    },
  },
  {
    method: 'GET',
    template: `${ON}/{index}.diff`,
    scope: 'repository',
    handle: (call, context) => ({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: pullOf(call, context).diff,
    }),
  },
  {
    method: 'GET',
    template: `${ON}/{index}`,
    scope: 'repository',
    handle: (call, context) => ({ status: 200, body: pullShape(pullOf(call, context)) }),
  },
];

function pullShape({ id, number, title, state, draft, locked, head }: FakePull): object {
  return {
    ...{ id, number, title, state, draft, is_locked: locked, merged: false, body: '', comments: 0 },
    head: { label: `topic-${number}`, ref: `topic-${number}`, sha: head },
    base: { label: 'main', ref: 'main', sha: 'b'.repeat(40) },
    merge_base: 'b'.repeat(40),
  };
}

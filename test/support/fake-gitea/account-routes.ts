import { PAGED, page, type Route } from './routes.ts';
import type { FakeRepository, FakeUser } from './world.ts';

/** The token's user, the instance, and the user's repositories. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/user',
    scope: 'user',
    handle: ({ token: { user } }) => ({ status: 200, body: { ...userShape(user), active: true, is_admin: false } }),
  },
  {
    method: 'GET',
    template: '/version',
    scope: null,
    handle: (_, { version }) => ({ status: 200, body: { version } }),
  },
  {
    method: 'GET',
    template: '/repos/search',
    query: [...PAGED, 'q', 'uid', 'sort', 'order'],
    scope: 'repository',
    handle(call, context) {
      const q = call.query.get('q')?.toLowerCase() ?? '';
      const found = context.world.repositories.filter(({ name }) => name.toLowerCase().includes(q));
      const shape = (one: FakeRepository) => repositoryShape(one, context.url);
      return page(found, call, context, shape, (data) => ({ ok: true, data }));
    },
  },
];

export function userShape({ id, login }: FakeUser): object {
  return { id, login, login_name: '', full_name: '', email: `${login}@noreply.example` };
}

function repositoryShape({ id, owner, name, visibility, archived, writable }: FakeRepository, url: string): object {
  return {
    ...{ id, name, full_name: `${owner}/${name}`, owner: { id: 1, login: owner }, html_url: `${url}/${owner}/${name}` },
    ...{ private: visibility === 'private', internal: visibility === 'internal', archived, default_branch: 'main' },
    permissions: { admin: false, push: writable, pull: true },
  };
}

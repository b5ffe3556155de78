import { badField, notFound } from './answer.ts';
import { commitOf, type Route } from './routes.ts';
import type { FakeStatus } from './world.ts';

const ON = '/repositories/{workspace}/{repo}/commit/{commit}/statuses/build';
const MAX_KEY = 40;

/** Build statuses of a commit, identified by key. A status replaces an existing one with the same key. */
export const STATUSES_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: `${ON}/{key}`,
    scope: 'repository',
    handle(call, context) {
      const found = commitOf(call, context).statuses.get(call.params['key']!);
      if (!found) throw notFound('Build status');
      return { status: 200, body: shapeOf(found) };
    },
  },
  {
    method: 'POST',
    template: ON,
    scope: 'repository',
    body: {
      type: 'object',
      required: ['key', 'state'],
      additionalProperties: false,
      properties: {
        key: { type: 'string' },
        state: { enum: ['FAILED', 'INPROGRESS', 'STOPPED', 'SUCCESSFUL'] },
        url: { type: 'string' },
        name: { type: 'string' },
        description: { type: 'string' },
        refname: { type: 'string' },
      },
    },
    handle(call, context) {
      const { statuses } = commitOf(call, context);
      const status = call.body as FakeStatus;
      if (status.key.length > MAX_KEY) {
        throw badField('key', `Ensure this value has at most ${MAX_KEY} characters (it has ${status.key.length}).`);
      }
      if (!status.url) throw badField('url', 'This field is required.');
      if (!new URL(status.url).hostname.includes('.')) throw badField('url', 'Enter a valid URL.');
      statuses.set(status.key, status);
      return { status: 201, body: shapeOf(status) };
    },
  },
];

function shapeOf(status: FakeStatus): object {
  return { type: 'build', uuid: `{${status.key}}`, description: '', name: '', refname: null, ...status };
}

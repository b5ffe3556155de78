import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { RouteTable, wrongAnswer, wrongIn } from '../fake-vendor/route-table.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { MERGE_REQUESTS_ROUTES } from './merge-requests-routes.ts';
import { NOTES_ROUTES } from './notes-routes.ts';
import { allowScope, type Call, type Context } from './routes.ts';
import { PIPELINES_ROUTES } from './pipelines-routes.ts';
import { STATUSES_ROUTES } from './statuses-routes.ts';
import type { FakeToken } from './world.ts';

export interface ServerOptions {
  /** The path of a self-managed instance that shares its host, such as `/gitlab`. */
  readonly basePath: string;
  /** Calls per minute in the rate-limit headers; null for no such headers. */
  readonly rateLimit: number | null;
  /** How a proxy treats `%2F`: passes it on, rejects it with a page, as Apache does, or decodes it, as nginx may. */
  readonly slashes: 'pass' | 'refuse' | 'decode';
}

const ROUTES = new RouteTable([
  ...[...ACCOUNT_ROUTES, ...NOTES_ROUTES, ...MERGE_REQUESTS_ROUTES],
  ...[...STATUSES_ROUTES, ...PIPELINES_ROUTES],
]);

/** GitLab's REST API over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  readonly tokens = new Map<string, FakeToken>();
  readonly #options: ServerOptions;
  #context!: Context;
  #used = 0;

  constructor(options: ServerOptions) {
    super({ errorType: 'text/plain', basePath: options.basePath, apiPath: '/api/v4' });
    this.#options = options;
  }

  serve(context: Context): void {
    this.#context = context;
  }

  protected override answer(logged: LoggedRequest, url: URL): Answer {
    const { slashes } = this.#options;
    const encoded = /%2F/i.test(logged.path);
    if (encoded && slashes === 'refuse') return { status: 404, body: '<html><title>404 Not Found</title></html>' };
    if (encoded && slashes === 'decode') return { status: 404, body: { error: '404 Not Found' } };
    const token = this.#tokenOf(logged);
    const found = ROUTES.find(logged.method, logged.path);
    if (!found) {
      this.violations.push(`${logged.method} ${logged.path} is no route of the fake`);
      return { status: 404, body: { error: '404 Not Found' } };
    }
    const { route, params } = found;
    this.violations.push(...wrongIn(logged, found));
    allowScope(token, route);
    const moved = this.#context.world.movedTo(params['id'] ?? '');
    if (moved !== null) return movedAnswer(logged.method, url, moved);
    const call: Call = { params, query: url.searchParams, body: (logged.body ?? {}) as Call['body'], token };
    const answer = route.handle(call, this.#context);
    this.violations.push(...wrongAnswer(answer.body, found));
    return answer;
  }

  #tokenOf({ headers }: LoggedRequest): FakeToken {
    const bearer = /^Bearer (.+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
    const access = headers['private-token'] ?? bearer;
    const job = headers['job-token'];
    const token = this.tokens.get(String(job ?? access));
    if (!token || (token.kind === 'job') !== (job !== undefined))
      throw new HttpAnswer(401, { message: '401 Unauthorized' });
    const isExpired = token.expiresAt !== null && Date.parse(token.expiresAt) <= Date.now();
    if (!isExpired && !token.revoked) return token;
    const what = isExpired
      ? 'Token is expired. You can either do re-authorization or token refresh.'
      : 'Token was revoked.';
    throw new HttpAnswer(401, { error: 'invalid_token', error_description: what });
  }

  protected override standardHeaders(): Record<string, string> {
    const limit = this.#options.rateLimit;
    if (limit === null) return {};
    this.#used += 1;
    return {
      ...{ 'ratelimit-limit': String(limit), 'ratelimit-name': 'throttle_authenticated_api' },
      ...{ 'ratelimit-observed': String(this.#used), 'ratelimit-remaining': String(Math.max(0, limit - this.#used)) },
      'ratelimit-reset': String(Math.floor(Date.now() / 1_000) + 60),
    };
  }
}

/** The answer for a moved project: a redirect to its path by number. */
function movedAnswer(method: string, { pathname, search }: URL, number: number): Answer {
  if (method !== 'GET') return { status: 405, body: { message: 'Non GET methods are not allowed for moved projects' } };
  const location = `${pathname.replace(/\/projects\/[^/]+/, `/projects/${number}`)}${search}`;
  return { status: 302, body: {}, headers: { location } };
}

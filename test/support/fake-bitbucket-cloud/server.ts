import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { RouteTable, wrongIn } from '../fake-vendor/route-table.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { notFound, refusal } from './answer.ts';
import { COMMENTS_ROUTES } from './comments-routes.ts';
import { PULL_REQUESTS_ROUTES } from './pull-requests-routes.ts';
import { REPORTS_ROUTES } from './reports-routes.ts';
import { allowScope, type Call, type Context } from './routes.ts';
import { STATUSES_ROUTES } from './statuses-routes.ts';
import { TokenDesk } from './token-desk.ts';
import type { FakeToken } from './world.ts';

const TOKENS = '/site/oauth2/access_token';

const ROUTES = new RouteTable([
  ...[...ACCOUNT_ROUTES, ...COMMENTS_ROUTES, ...PULL_REQUESTS_ROUTES],
  ...[...STATUSES_ROUTES, ...REPORTS_ROUTES],
]);

/** Bitbucket's REST API and its token endpoint over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  readonly desk = new TokenDesk();
  /** True to report that less than a fifth of the hour's requests are left. */
  isNearLimit = false;
  readonly #context: Context;

  constructor(context: Context) {
    super({ errorType: 'text/html', apiPath: '/2.0' });
    this.#context = context;
  }

  /** Paths below `/2.0` are returned without that prefix. */
  protected override pathOf(url: URL): string | null {
    return url.pathname === TOKENS ? TOKENS : super.pathOf(url);
  }

  protected override answer(logged: LoggedRequest, url: URL, raw: string): Answer {
    if (logged.path === TOKENS) return this.desk.mint(logged, raw);
    const token = this.desk.tokenOf(logged);
    const headers = {
      'x-oauth-scopes': token.scopes.join(', '),
      'x-credential-type': token.kind,
    };
    try {
      const answer = this.#route(logged, url, token);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof HttpAnswer)) throw error;
      return { status: error.status, body: error.body, headers: { ...headers, ...error.headers } };
    }
  }

  #route(logged: LoggedRequest, { pathname, search, searchParams }: URL, token: FakeToken): Answer {
    const found = ROUTES.find(logged.method, logged.path);
    if (!found) {
      this.violations.push(`${logged.method} ${logged.path} is no route of the fake`);
      throw notFound('Resource');
    }
    const { route, params, body } = found;
    this.violations.push(...wrongIn(logged, found));
    allowScope(token, route);
    if (body && !body(logged.body)) throw refusal(400, 'Bad request');
    const asked = new URL(`http://${String(logged.headers['host'])}${pathname}${search}`);
    const call: Call = { params, query: searchParams, body: logged.body, token, url: asked };
    return route.handle(call, this.#context);
  }

  protected override standardHeaders(): Record<string, string> {
    return {
      ...{ 'x-ratelimit-limit': '1000', 'x-ratelimit-resource': 'api-repositories' },
      'x-ratelimit-nearlimit': String(this.isNearLimit),
    };
  }
}

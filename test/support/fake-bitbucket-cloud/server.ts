import { Ajv, type ValidateFunction } from 'ajv';
import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { notFound, refusal } from './answer.ts';
import { COMMENTS_ROUTES } from './comments-routes.ts';
import { PULL_REQUESTS_ROUTES } from './pull-requests-routes.ts';
import { REPORTS_ROUTES } from './reports-routes.ts';
import { allowScope, type Call, type Context, type Route } from './routes.ts';
import { STATUSES_ROUTES } from './statuses-routes.ts';
import { TokenDesk } from './token-desk.ts';
import type { FakeToken } from './world.ts';

const API = '/2.0';
const TOKENS = '/site/oauth2/access_token';

const ajv = new Ajv({ strict: false });
const ROUTES = [
  ...[...ACCOUNT_ROUTES, ...COMMENTS_ROUTES, ...PULL_REQUESTS_ROUTES],
  ...[...STATUSES_ROUTES, ...REPORTS_ROUTES],
].map((route) => ({
  route,
  pattern: new RegExp(`^${route.template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  body: route.body ? ajv.compile(route.body) : null,
}));

/** Bitbucket's REST API and its token endpoint over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  readonly desk = new TokenDesk();
  /** Of the requests of the hour less than a fifth are left. */
  isNearLimit = false;
  readonly #context: Context;

  constructor(context: Context) {
    super({ errorType: 'text/html' });
    this.#context = context;
  }

  /** What is below `/2.0` is named without it. */
  protected override pathOf({ pathname }: URL): string | null {
    if (pathname === TOKENS) return pathname;
    return pathname.startsWith(`${API}/`) ? pathname.slice(API.length) : null;
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
    for (const { route, pattern, body } of ROUTES) {
      const matched = route.method === logged.method ? pattern.exec(logged.path) : null;
      if (!matched) continue;
      this.violations.push(...wrongIn(logged, route, body));
      allowScope(token, route);
      const params = Object.fromEntries(
        Object.entries(matched.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      if (body && !body(logged.body)) throw refusal(400, 'Bad request');
      const asked = new URL(`http://${String(logged.headers['host'])}${pathname}${search}`);
      const call: Call = { params, query: searchParams, body: logged.body, token, url: asked };
      return route.handle(call, this.#context);
    }
    this.violations.push(`${logged.method} ${logged.path} is no route of the fake`);
    throw notFound('Resource');
  }

  protected override standardHeaders(): Record<string, string> {
    return {
      date: new Date().toUTCString(),
      ...{ 'x-ratelimit-limit': '1000', 'x-ratelimit-resource': 'api-repositories' },
      'x-ratelimit-nearlimit': String(this.isNearLimit),
    };
  }
}

/** What Bitbucket's description of its API does not know. */
function wrongIn({ method, path, query, body }: LoggedRequest, route: Route, check: ValidateFunction | null): string[] {
  const what = `${method} ${path}`;
  const unknown = Object.keys(query).filter((name) => !(route.query ?? []).includes(name));
  const wrong =
    check && !check(body) ? (check.errors ?? []).map((one) => `${what}: body${one.instancePath} ${one.message}`) : [];
  const unasked = !check && body !== undefined ? [`${what}: a body is not expected`] : [];
  return [...unknown.map((name) => `${what}: query parameter ${name} is unknown`), ...wrong, ...unasked];
}

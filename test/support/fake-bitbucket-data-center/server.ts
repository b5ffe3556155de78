import { Ajv } from 'ajv';
import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { RouteTable, wrongIn } from '../fake-vendor/route-table.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { refused } from './answer.ts';
import { BUILDS_ROUTES } from './builds-routes.ts';
import { COMMENTS_ROUTES } from './comments-routes.ts';
import { INSIGHTS_ROUTES } from './insights-routes.ts';
import { type Call, type Context, isSince } from './routes.ts';
import type { FakeToken } from './world.ts';

export interface ServerOptions {
  /** The context path, such as `/bitbucket`. */
  readonly basePath: string;
  /** True if a proxy in between drops the headers that name the authenticated user. */
  readonly hidesUser: boolean;
  /** The size of each user's token bucket; null while rate limiting is off, the default. */
  readonly rateLimit: number | null;
}

const AUTH = 'com.atlassian.bitbucket.auth';
const ajv = new Ajv({ strict: false }).addKeyword({
  keyword: 'maxUnits',
  type: 'string',
  validate: (max: number, text: string) => text.length <= max,
});
const ROUTES = new RouteTable([...ACCOUNT_ROUTES, ...COMMENTS_ROUTES, ...BUILDS_ROUTES, ...INSIGHTS_ROUTES], ajv);

/** Bitbucket Data Center's REST API over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  readonly tokens = new Map<string, FakeToken>();
  readonly #options: ServerOptions;
  #context!: Context;
  #used = 0;

  constructor(options: ServerOptions) {
    super({ errorType: 'text/html', basePath: options.basePath });
    this.#options = options;
  }

  serve(context: Context): void {
    this.#context = context;
  }

  /** Each answer, including errors, names the authenticated user. */
  protected override answer(logged: LoggedRequest, url: URL): Answer {
    const token = this.#tokenOf(logged);
    const { hidesUser } = this.#options;
    const headers: Record<string, string> =
      token && !hidesUser
        ? { 'x-auserid': String(token.user.id), 'x-ausername': encodeURIComponent(token.user.name) }
        : {};
    try {
      const answer = this.#handle(logged, url, token);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof HttpAnswer)) throw error;
      return { status: error.status, body: error.body, headers: { ...headers, ...error.headers } };
    }
  }

  #handle(logged: LoggedRequest, url: URL, token: FakeToken | null): Answer {
    const isWrite = logged.method !== 'GET';
    if (isWrite && logged.headers['x-atlassian-token'] !== 'no-check') {
      throw new HttpAnswer(403, 'XSRF check failed');
    }
    const { version } = this.#context;
    const found = ROUTES.find(logged.method, logged.path);
    if (!found || !isSince(version, found.route.since)) {
      this.violations.push(`${logged.method} ${logged.path} is no route of Bitbucket ${version}`);
      throw refused(404, 'com.sun.jersey.api.NotFoundException', `null for uri: ${logged.path}`);
    }
    const { route, params } = found;
    this.violations.push(...wrongIn(logged, found));
    if (isWrite && !token) throw new HttpAnswer(401, { errors: [] });
    const call: Call = { params, query: url.searchParams, body: (logged.body ?? {}) as Call['body'], token };
    return route.handle(call, this.#context);
  }

  /** Null if the request has no token. A wrong token is rejected at every route. */
  #tokenOf({ headers }: LoggedRequest): FakeToken | null {
    const { authorization } = headers;
    if (authorization === undefined) return null;
    const token = this.tokens.get(/^Bearer (.+)$/.exec(String(authorization))?.[1] ?? '');
    if (!token) {
      const message = 'Authentication failed. Please check your credentials and try again.';
      throw refused(401, `${AUTH}.IncorrectPasswordAuthenticationException`, message);
    }
    if (token.expired) throw refused(401, `${AUTH}.ExpiredAuthenticationException`, 'The access token has expired.');
    if (!token.locked) return token;
    const denied = { 'x-authentication-denied-reason': `CAPTCHA_CHALLENGE; login-url=${this.#context.url}/login` };
    const { body } = refused(401, `${AUTH}.CaptchaRequiredAuthenticationException`, 'CAPTCHA required.');
    throw new HttpAnswer(401, body, denied);
  }

  protected override standardHeaders(): Record<string, string> {
    const headers = { 'x-arequestid': '@1ABC2x600x1x0' };
    const limit = this.#options.rateLimit;
    if (limit === null) return headers;
    this.#used += 1;
    return {
      ...headers,
      ...{ 'x-ratelimit-limit': String(limit), 'x-ratelimit-remaining': String(Math.max(0, limit - this.#used)) },
      ...{ 'x-ratelimit-fillrate': '5', 'x-ratelimit-interval-seconds': '1' },
    };
  }
}

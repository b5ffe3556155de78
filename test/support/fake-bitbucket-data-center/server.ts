import { Ajv, type ValidateFunction } from 'ajv';
import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { refused } from './answer.ts';
import { BUILDS_ROUTES } from './builds-routes.ts';
import { COMMENTS_ROUTES } from './comments-routes.ts';
import { INSIGHTS_ROUTES } from './insights-routes.ts';
import { type Call, type Context, isSince, type Route } from './routes.ts';
import type { FakeToken } from './world.ts';

export interface ServerOptions {
  /** The context path, such as `/bitbucket`. */
  readonly basePath: string;
  /** A proxy on the way drops the headers that tell who is authenticated. */
  readonly hidesUser: boolean;
  /** The size of each user's token bucket; null while rate limiting is off, as it is at first. */
  readonly rateLimit: number | null;
}

const AUTH = 'com.atlassian.bitbucket.auth';
const ajv = new Ajv({ strict: false }).addKeyword({
  keyword: 'maxUnits',
  type: 'string',
  validate: (max: number, text: string) => text.length <= max,
});
const ROUTES = [...ACCOUNT_ROUTES, ...COMMENTS_ROUTES, ...BUILDS_ROUTES, ...INSIGHTS_ROUTES].map((route) => ({
  route,
  pattern: new RegExp(
    `^${route.template.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>${name === 'id' ? '\\d+' : '[^/]+'})`)}$`,
  ),
  body: route.body ? ajv.compile(route.body) : null,
}));

/** Bitbucket Data Center's REST API over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  readonly tokens = new Map<string, FakeToken>();
  readonly #options: ServerOptions;
  #context!: Context;
  #used = 0;

  constructor(options: ServerOptions) {
    super({ errorType: 'text/html' });
    this.#options = options;
  }

  /** Listens on a free port; answers with the URL of the instance. */
  override async listen(): Promise<string> {
    return `${await super.listen()}${this.#options.basePath}`;
  }

  serve(context: Context): void {
    this.#context = context;
  }

  protected override pathOf({ pathname }: URL): string | null {
    const { basePath } = this.#options;
    return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : null;
  }

  /** Whoever it is that asks is named in each answer, refusals included. */
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
    for (const { route, pattern, body } of ROUTES) {
      const found = route.method === logged.method ? pattern.exec(logged.path) : null;
      if (!found) continue;
      this.violations.push(...wrongIn(logged, route, body));
      if (route.since && !isSince(this.#context.version, route.since)) break;
      if (isWrite && !token) throw new HttpAnswer(401, { errors: [] });
      const params = Object.fromEntries(
        Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      const call: Call = { params, query: url.searchParams, body: (logged.body ?? {}) as Call['body'], token };
      return route.handle(call, this.#context);
    }
    this.violations.push(`${logged.method} ${logged.path} is no route of Bitbucket ${this.#context.version}`);
    throw refused(404, 'com.sun.jersey.api.NotFoundException', `null for uri: ${logged.path}`);
  }

  /** Null of one who sends none; a wrong one is refused wherever it is sent. */
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
    const headers = { date: new Date().toUTCString(), 'x-arequestid': '@1ABC2x600x1x0' };
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

/** What Atlassian's description does not know. */
function wrongIn({ method, path, query, body }: LoggedRequest, route: Route, check: ValidateFunction | null): string[] {
  const what = `${method} ${path}`;
  const unknown = Object.keys(query).filter((name) => !(route.query ?? []).includes(name));
  const wrong =
    check && !check(body) ? (check.errors ?? []).map((one) => `${what}: body${one.instancePath} ${one.message}`) : [];
  const unasked = !check && body !== undefined ? [`${what}: a body is not expected`] : [];
  return [...unknown.map((name) => `${what}: query parameter ${name} is unknown`), ...wrong, ...unasked];
}

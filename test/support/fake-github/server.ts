import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { RouteTable } from '../fake-vendor/route-table.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { GitHubRefusal } from './answer.ts';
import { ACTIONS_ROUTES } from './actions-routes.ts';
import { APPS_ROUTES } from './apps-routes.ts';
import { CHECKS_ROUTES } from './checks-routes.ts';
import { COMMENTS_ROUTES } from './comments-routes.ts';
import { OpenApi } from './openapi.ts';
import type { Json, JsonObject } from './openapi-schema.ts';
import { GRAPHQL_ROUTES } from './graphql-routes.ts';
import { REVIEWS_ROUTES } from './reviews-routes.ts';
import type { Call, Context, Route } from './routes.ts';
import { STATUSES_ROUTES } from './statuses-routes.ts';

export interface ServerOptions {
  readonly basePath: string;
  readonly latencyMs: number;
  readonly validate: boolean;
  /** The value of `x-ratelimit-limit`; null for no such headers, as at GitHub Enterprise Server. */
  readonly rateLimit: number | null;
}

const ROUTES = new RouteTable([
  ...ACTIONS_ROUTES,
  ...APPS_ROUTES,
  ...COMMENTS_ROUTES,
  ...REVIEWS_ROUTES,
  ...STATUSES_ROUTES,
  ...CHECKS_ROUTES,
  ...GRAPHQL_ROUTES,
]);

/** GitHub's REST API over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  readonly #options: ServerOptions;
  readonly #openApi: OpenApi | null;
  #context!: Context;
  #used = 0;

  constructor(options: ServerOptions) {
    super({ errorType: 'text/html', latencyMs: options.latencyMs, basePath: options.basePath });
    this.#options = options;
    this.#openApi = options.validate ? new OpenApi() : null;
  }

  serve(context: Context): void {
    this.#context = context;
  }

  /** An Enterprise Server serves GraphQL next to REST's `/api/v3`. */
  protected override pathOf(url: URL): string | null {
    const { basePath } = this.#options;
    const isGraphql = basePath !== '' && url.pathname === basePath.replace(/\/v3$/, '/graphql');
    return isGraphql ? '/graphql' : super.pathOf(url);
  }

  protected override answer(logged: LoggedRequest, url: URL, raw: string): Answer {
    const moved = this.#context.world.movedTo(logged.path);
    if (moved !== null) return this.#redirect(logged.method, `${moved}${url.search}`);
    const found = ROUTES.find(logged.method, this.#context.world.named(logged.path));
    if (!found) return this.#refuse([`${logged.method} ${logged.path} is no route of the fake`]);
    if (raw !== '' && logged.body === undefined) return this.#refuse(['the body is not JSON']);
    const { route, params } = found;
    const body = logged.body as Json | undefined;
    const openApi = route.isDescribed === false ? null : this.#openApi;
    const wrong = openApi?.checkRequest({ ...route, params, query: url.searchParams, body }) ?? [];
    if (wrong.length > 0) return this.#refuse(wrong.map((what) => `${route.method} ${route.template}: ${what}`));

    const call: Call = {
      params,
      query: url.searchParams,
      body: (body ?? {}) as JsonObject,
      authorization: logged.headers['authorization'] as string | undefined,
    };
    const answer = this.#handle(route, call);
    const ours = openApi?.checkResponse(route.method, route.template, answer.status, answer.body as Json) ?? [];
    this.violations.push(...ours.map((what) => `our own ${route.method} ${route.template}: ${what}`));
    return answer;
  }

  #handle(route: Route, call: Call): Answer {
    try {
      return route.handle(call, this.#context);
    } catch (error) {
      if (error instanceof HttpAnswer) return error;
      throw error;
    }
  }

  /** Redirects as GitHub does for a renamed repository: reads with 301, writes with 307. */
  #redirect(method: string, path: string): Answer {
    const status = method === 'GET' ? 301 : 307;
    const location = this.#context.shapes.apiUrl(path);
    return { status, headers: { location }, body: { message: 'Moved Permanently', url: location } };
  }

  #refuse(violations: string[]): Answer {
    this.violations.push(...violations);
    return new GitHubRefusal(400, `Violates GitHub's description: ${violations.join('; ')}`);
  }

  protected override standardHeaders(): Record<string, string> {
    const headers = { date: new Date(this.#context.now()).toUTCString(), server: 'github.com' };
    const limit = this.#options.rateLimit;
    if (limit === null) return headers;
    this.#used += 1;
    return {
      ...headers,
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - this.#used)),
      'x-ratelimit-reset': String(Math.floor(this.#context.now() / 1000) + 3600),
    };
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, HttpAnswer } from './answer.ts';
import { APPS_ROUTES } from './apps-routes.ts';
import { CHECKS_ROUTES } from './checks-routes.ts';
import { COMMENTS_ROUTES } from './comments-routes.ts';
import { type FaultReply, Faults, type LoggedRequest } from './faults.ts';
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
  /** What `x-ratelimit-limit` says; null sends no such headers, as GitHub Enterprise Server does. */
  readonly rateLimit: number | null;
}

const ROUTES = [
  ...APPS_ROUTES,
  ...COMMENTS_ROUTES,
  ...REVIEWS_ROUTES,
  ...STATUSES_ROUTES,
  ...CHECKS_ROUTES,
  ...GRAPHQL_ROUTES,
].map((route) => ({
  route,
  pattern: new RegExp(`^${route.template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** GitHub's REST API over HTTP on the loopback interface. */
export class FakeServer {
  readonly faults = new Faults();
  readonly requests: LoggedRequest[] = [];
  readonly violations: string[] = [];
  readonly #options: ServerOptions;
  readonly #openApi: OpenApi | null;
  readonly #server: Server;
  #context!: Context;
  #used = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#openApi = options.validate ? new OpenApi() : null;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on a free port; answers with the URL of the API. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#options.basePath}`;
  }

  serve(context: Context): void {
    this.#context = context;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const raw = await bodyOf(request);
    const path = pathOf(url, this.#options.basePath);
    if (path === null) return send(response, { status: 404, body: 'Not here' });
    const logged: LoggedRequest = {
      method: request.method ?? 'GET',
      path,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: parsed(raw),
      status: 0,
    };
    this.requests.push(logged);
    if (this.#options.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#options.latencyMs));

    const fault = this.faults.take(logged);
    const answer = fault && !fault.processed ? { status: 200 } : this.#answer(logged, url, raw);
    if (fault) return misbehave(fault.reply, answer, logged, response);
    logged.status = answer.status;
    send(response, { ...answer, headers: { ...this.#standardHeaders(), ...answer.headers } });
  }

  #answer(logged: LoggedRequest, url: URL, raw: string): Answer {
    const moved = this.#context.world.movedTo(logged.path);
    if (moved !== null) return this.#redirect(logged.method, `${moved}${url.search}`);
    const found = routeOf(logged.method, this.#context.world.named(logged.path));
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

  /** As GitHub does for a repository that was renamed: reads with 301, writes with 307. */
  #redirect(method: string, path: string): Answer {
    const status = method === 'GET' ? 301 : 307;
    const location = this.#context.shapes.apiUrl(path);
    return { status, headers: { location }, body: { message: 'Moved Permanently', url: location } };
  }

  #refuse(violations: string[]): Answer {
    this.violations.push(...violations);
    return new HttpAnswer(400, `Violates GitHub's description: ${violations.join('; ')}`);
  }

  #standardHeaders(): Record<string, string> {
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

/** GraphQL of an Enterprise Server is beside the `/api/v3` of REST. */
function pathOf({ pathname }: URL, basePath: string): string | null {
  if (pathname === basePath.replace(/\/v3$/, '/graphql') && basePath !== '') return '/graphql';
  return pathname.startsWith(basePath) ? pathname.slice(basePath.length) : null;
}

function routeOf(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const { route, pattern } of ROUTES) {
    if (route.method !== method) continue;
    const groups = pattern.exec(path)?.groups;
    if (groups) return { route, params: decoded(groups) };
    if (path === route.template) return { route, params: {} };
  }
  return undefined;
}

function decoded(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parsed(raw: string): unknown {
  try {
    return raw === '' ? undefined : JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
  const type = typeof answer.body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers });
  response.end(answer.status === 204 ? undefined : text);
}

function misbehave(reply: FaultReply, answer: Answer, logged: LoggedRequest, response: ServerResponse): void {
  if (reply === 'hang') return;
  if (reply === 'reset') return void response.destroy();
  if (reply === 'garbage') {
    logged.status = answer.status;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    return void response.end('{"id": 1, "body"');
  }
  if (reply === 'truncate') {
    const whole = JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': String(whole.length) });
    return void response.write(whole.slice(0, whole.length / 2), () => response.destroy());
  }
  logged.status = reply.status;
  response.writeHead(reply.status, { 'content-type': 'text/html', ...reply.headers });
  response.end(reply.body ?? '');
}

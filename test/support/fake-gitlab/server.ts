import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv, type ValidateFunction } from 'ajv';
import { type FaultReply, Faults, type LoggedRequest } from '../fake-github/faults.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { type Answer, HttpAnswer } from './answer.ts';
import { MERGE_REQUESTS_ROUTES } from './merge-requests-routes.ts';
import { NOTES_ROUTES } from './notes-routes.ts';
import { allowScope, type Call, type Context, type Route } from './routes.ts';
import { STATUSES_ROUTES } from './statuses-routes.ts';
import type { FakeToken } from './world.ts';

export interface ServerOptions {
  /** Of a self-managed instance that shares its host, such as `/gitlab`. */
  readonly basePath: string;
  /** Calls in a minute as the headers tell; null sends no such headers. */
  readonly rateLimit: number | null;
  /** A proxy that takes no `%2F`: answers a page, as Apache does, or makes a slash of it, as nginx may. */
  readonly slashes: 'pass' | 'refuse' | 'decode';
}

const ajv = new Ajv({ strict: false });
const ROUTES = [...ACCOUNT_ROUTES, ...NOTES_ROUTES, ...MERGE_REQUESTS_ROUTES, ...STATUSES_ROUTES].map((route) => ({
  route,
  pattern: new RegExp(`^${route.template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  body: route.body ? ajv.compile(route.body) : null,
}));

/** GitLab's REST API over HTTP on the loopback interface. */
export class FakeServer {
  readonly faults = new Faults();
  readonly requests: LoggedRequest[] = [];
  readonly violations: string[] = [];
  readonly tokens = new Map<string, FakeToken>();
  readonly #options: ServerOptions;
  readonly #server: Server;
  #context!: Context;
  #used = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on a free port; answers with the URL of the instance. */
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
    const base = `${this.#options.basePath}/api/v4`;
    if (!url.pathname.startsWith(`${base}/`)) return send(response, { status: 404, body: '<html>Not here</html>' });
    const logged: LoggedRequest = {
      method: request.method ?? 'GET',
      path: url.pathname.slice(base.length),
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: parsed(raw),
      status: 0,
    };
    this.requests.push(logged);
    const fault = this.faults.take(logged);
    const answer = fault && !fault.processed ? { status: 200 } : this.#answer(logged, url.searchParams);
    if (fault) return misbehave(fault.reply, answer, logged, response);
    logged.status = answer.status;
    send(response, { ...answer, headers: { ...this.#standardHeaders(), ...answer.headers } });
  }

  #answer(logged: LoggedRequest, query: URLSearchParams): Answer {
    try {
      return this.#handle(logged, query);
    } catch (error) {
      if (error instanceof HttpAnswer) return error;
      throw error;
    }
  }

  #handle(logged: LoggedRequest, query: URLSearchParams): Answer {
    const { slashes } = this.#options;
    const encoded = /%2F/i.test(logged.path);
    if (encoded && slashes === 'refuse') return { status: 404, body: '<html><title>404 Not Found</title></html>' };
    if (encoded && slashes === 'decode') return { status: 404, body: { error: '404 Not Found' } };
    const token = this.#tokenOf(logged);
    for (const { route, pattern, body } of ROUTES) {
      const groups = route.method === logged.method ? pattern.exec(logged.path)?.groups : undefined;
      if (!groups && !(route.method === logged.method && route.template === logged.path)) continue;
      this.violations.push(...wrongIn(logged, route, body));
      allowScope(token, route);
      const params = Object.fromEntries(
        Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      const call: Call = { params, query, body: (logged.body ?? {}) as Call['body'], token };
      return route.handle(call, this.#context);
    }
    this.violations.push(`${logged.method} ${logged.path} is no route of the fake`);
    return { status: 404, body: { error: '404 Not Found' } };
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

  #standardHeaders(): Record<string, string> {
    const headers = { date: new Date().toUTCString() };
    const limit = this.#options.rateLimit;
    if (limit === null) return headers;
    this.#used += 1;
    return {
      ...headers,
      ...{ 'ratelimit-limit': String(limit), 'ratelimit-name': 'throttle_authenticated_api' },
      ...{ 'ratelimit-observed': String(this.#used), 'ratelimit-remaining': String(Math.max(0, limit - this.#used)) },
      'ratelimit-reset': String(Math.floor(Date.now() / 1_000) + 60),
    };
  }
}

/** What GitLab's documentation does not know. */
function wrongIn({ method, path, query, body }: LoggedRequest, route: Route, check: ValidateFunction | null): string[] {
  const what = `${method} ${path}`;
  const unknown = Object.keys(query).filter((name) => !(route.query ?? []).includes(name));
  const wrong =
    check && !check(body) ? (check.errors ?? []).map((one) => `${what}: body${one.instancePath} ${one.message}`) : [];
  const unasked = !check && body !== undefined ? [`${what}: a body is not expected`] : [];
  return [...unknown.map((name) => `${what}: query parameter ${name} is unknown`), ...wrong, ...unasked];
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
  const isText = typeof answer.body === 'string';
  const type = isText ? 'text/html; charset=utf-8' : 'application/json';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers });
  response.end(
    answer.status === 204 ? undefined : isText ? (answer.body as string) : JSON.stringify(answer.body ?? {}),
  );
}

function misbehave(reply: FaultReply, answer: Answer, logged: LoggedRequest, response: ServerResponse): void {
  if (reply === 'hang') return;
  if (reply === 'reset') return void response.destroy();
  logged.status = answer.status;
  if (reply === 'garbage') {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    return void response.end('{"id": 1, "body"');
  }
  if (reply === 'truncate') {
    const whole = JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': String(whole.length) });
    return void response.write(whole.slice(0, whole.length / 2), () => response.destroy());
  }
  logged.status = reply.status;
  response.writeHead(reply.status, { 'content-type': 'text/plain', ...reply.headers });
  response.end(reply.body ?? '');
}

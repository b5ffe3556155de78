import { answeredElsewhere, problemOf, unanswered } from './problem';
import { serverClock } from './server-clock';
import { inTime, type Waiting } from './time-limit';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Call extends Waiting {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
  /** The generation of the registration that the change applies to. */
  readonly generation?: number;
  /** For a POST: a repeat with the same key gets the first response, and nothing is done again. */
  readonly idempotencyKey?: string;
}

/**
 * Proves that a request comes from a page of this origin; the API accepts the session cookie only with it. It also
 * tells proxies that sign users in that a script is calling, so that they answer 401 instead of redirecting to their
 * sign-in.
 * https://oauth2-proxy.github.io/oauth2-proxy/behaviour
 */
const FROM_CONSOLE = { 'x-requested-with': 'integrations-console', accept: 'application/json' } as const;

/** Calls the API; `path` is relative to /api/v1. Throws ApiProblem. */
export async function callApi<T>(path: string, call: Call = {}): Promise<T> {
  return (await send(`/api/v1${path}${queryString(call.query)}`, call)) as T;
}

/** The response as JSON; null if it has no body. Throws ApiProblem. */
export async function send(url: string, call: Call): Promise<unknown> {
  const text = await inTime(call, async (signal) => {
    const response = await ask(url, call, signal);
    return response.text().catch(unlessAborted(signal));
  });
  return text === '' ? null : JSON.parse(text);
}

/** The response, with its body unread. Throws ApiProblem. */
export function request(url: string, call: Call): Promise<Response> {
  return inTime(call, (signal) => ask(url, call, signal));
}

/** The query string. Absent and empty values are left out. */
export function queryString(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

async function ask(url: string, call: Call, signal: AbortSignal): Promise<Response> {
  const { method = 'GET', body, generation, idempotencyKey } = call;
  const askedAt = Date.now();
  const response = await fetch(url, {
    method,
    headers: {
      ...FROM_CONSOLE,
      ...(body === undefined ? {} : { 'content-type': contentType(method) }),
      ...(generation === undefined ? {} : { 'if-match': `"g${generation}"` }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal,
  }).catch(unlessAborted(signal));
  serverClock.hear(response.headers.get('date'), askedAt);
  if (!response.ok) throw await problemOf(response);
  if (response.headers.get('content-type')?.startsWith('text/html')) throw answeredElsewhere();
  return response;
}

function unlessAborted(signal: AbortSignal) {
  return (error: unknown): never => {
    throw signal.aborted ? error : unanswered(error);
  };
}

function contentType(method: string): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

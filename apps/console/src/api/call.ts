import { answeredElsewhere, problemOf, unanswered } from './problem';
import { serverClock } from './server-clock';
import { inTime, type Waiting } from './time-limit';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Call extends Waiting {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
  /** The generation of the registration that the change is meant for. */
  readonly generation?: number;
  /** Of a POST: one that is repeated under the same key is answered again and not done again. */
  readonly idempotencyKey?: string;
}

/**
 * What proves that a request comes from a page of this origin: with it alone the API takes the session's cookie. And what
 * proxies that sign people in tell a script by, to answer 401 instead of leading it to their sign-in.
 * https://oauth2-proxy.github.io/oauth2-proxy/behaviour
 */
const FROM_CONSOLE = { 'x-requested-with': 'integrations-console', accept: 'application/json' } as const;

/** Asks the API; `path` begins after /api/v1. Throws ApiProblem. */
export async function callApi<T>(path: string, call: Call = {}): Promise<T> {
  return (await send(`/api/v1${path}${queryString(call.query)}`, call)) as T;
}

/** JSON, or null where the answer has no body. Throws ApiProblem. */
export async function send(url: string, call: Call): Promise<unknown> {
  const text = await inTime(call, async (signal) => {
    const response = await ask(url, call, signal);
    return response.text().catch(unlessAborted(signal));
  });
  return text === '' ? null : JSON.parse(text);
}

/** The answer with its body still unread. Throws ApiProblem. */
export function request(url: string, call: Call): Promise<Response> {
  return inTime(call, (signal) => ask(url, call, signal));
}

/** What is absent or empty is not asked for. */
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

import type { ErrorCode, FieldError } from '@integrations/contracts';

interface ProblemDocument {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errorCode: ErrorCode;
  readonly details: readonly FieldError[];
}

/** A request that the API refused with a problem document (RFC 9457), or one without a response: status 0. */
export class ApiProblem extends Error {
  readonly details: readonly FieldError[];
  /** When the request may be repeated, in seconds; null if the API did not say. */
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly errorCode: ErrorCode | null = null,
    details: readonly FieldError[] = [],
    options: ErrorOptions & { readonly retryAfterSeconds?: number | null } = {},
  ) {
    super(detail, options);
    this.details = details;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

export function unanswered(cause: unknown): ApiProblem {
  return new ApiProblem(0, 'No answer', 'The server cannot be reached.', null, [], { cause });
}

/** The problem of a response that is an HTML page, which the API never sends. */
export function answeredElsewhere(): ApiProblem {
  const detail = 'Something in front of the server answered in its place, such as a proxy that asks you to sign in.';
  return new ApiProblem(0, 'No answer from the server', detail);
}

/** True if there is no object with this id, or the id is malformed. */
export function isUnknown(error: Error | null): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 400) && !isOfProxy(error);
}

/** True for a proxy's response, for example a 404 while it has no backend. Responses of the API have an error code. */
export function isOfProxy({ status, errorCode }: ApiProblem): boolean {
  return status !== 0 && errorCode === null;
}

/** The problem of a request that timed out. */
export function tooLate(limitMs: number, method: string, cause: unknown): ApiProblem {
  const late = `The server did not answer within ${limitMs / 1_000} seconds.`;
  const detail =
    method === 'GET' ? late : `${late} The change may have been made nevertheless: check before you try again.`;
  return new ApiProblem(0, 'No answer in time', detail, 'timeout', [], { cause });
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  const problem = documentIn(text);
  if (!problem) return new ApiProblem(response.status, response.statusText || 'Error', `HTTP ${response.status}`);
  const { status, title, detail, errorCode, details } = problem;
  return new ApiProblem(status, title, detail, errorCode, details, { retryAfterSeconds: retryAfterOf(response) });
}

/** Retry-After in seconds. A date, which a proxy may send, is ignored. */
function retryAfterOf({ headers }: Response): number | null {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d+$/.test(seconds) ? Number(seconds) : null;
}

/** The problem document of the API; null for a proxy's response, which may be JSON but has no `errorCode`. */
function documentIn(text: string): ProblemDocument | null {
  try {
    const value = JSON.parse(text) as Partial<ProblemDocument> | null;
    return typeof value?.errorCode === 'string' ? (value as ProblemDocument) : null;
  } catch {
    return null;
  }
}

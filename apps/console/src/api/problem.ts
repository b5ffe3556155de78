import type { ErrorCode, FieldError } from '@integrations/contracts';

interface ProblemDocument {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errorCode: ErrorCode;
  readonly details: readonly FieldError[];
}

/** A request that the API refused, as its problem document (RFC 9457) tells, or one that got no answer: status 0. */
export class ApiProblem extends Error {
  readonly details: readonly FieldError[];
  /** After so long it may be asked again, if the API said so. */
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
  return new ApiProblem(0, 'No answer', 'The server cannot be reached from here.', null, [], { cause });
}

/** A page, which the API never answers. */
export function answeredElsewhere(): ApiProblem {
  const detail = 'Something between here and the server, such as a proxy that asks to sign in, answered in its place.';
  return new ApiProblem(0, 'No answer of the server', detail);
}

/** There is none of this id, or it is no id at all. */
export function isUnknown(error: Error | null): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 400) && !isOfProxy(error);
}

/** The API gives each refusal a code. A proxy before it answers 404 too, as one that has no backend for a moment. */
export function isOfProxy({ status, errorCode }: ApiProblem): boolean {
  return status !== 0 && errorCode === null;
}

/** What was given up after so long. */
export function tooLate(limitMs: number, method: string, cause: unknown): ApiProblem {
  const late = `The server did not answer within ${limitMs / 1_000} seconds.`;
  const detail = method === 'GET' ? late : `${late} It may have done it nevertheless: look before you try again.`;
  return new ApiProblem(0, 'No answer in time', detail, 'timeout', [], { cause });
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  const problem = documentIn(text);
  if (!problem) return new ApiProblem(response.status, response.statusText || 'Error', `HTTP ${response.status}`);
  const { status, title, detail, errorCode, details } = problem;
  return new ApiProblem(status, title, detail, errorCode, details, { retryAfterSeconds: retryAfterOf(response) });
}

/** Seconds; a date, which a proxy may give, is not read. */
function retryAfterOf({ headers }: Response): number | null {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d+$/.test(seconds) ? Number(seconds) : null;
}

/** A proxy between may answer in its own words, which may be JSON, but has none of our codes. */
function documentIn(text: string): ProblemDocument | null {
  try {
    const value = JSON.parse(text) as Partial<ProblemDocument> | null;
    return typeof value?.errorCode === 'string' ? (value as ProblemDocument) : null;
  } catch {
    return null;
  }
}

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

  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly errorCode: ErrorCode | null = null,
    details: readonly FieldError[] = [],
    options: ErrorOptions = {},
  ) {
    super(detail, options);
    this.details = details;
  }
}

export function unanswered(cause: unknown): ApiProblem {
  return new ApiProblem(0, 'No answer', 'The server cannot be reached from here.', null, [], { cause });
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  const problem = documentIn(text);
  if (!problem) return new ApiProblem(response.status, response.statusText || 'Error', `HTTP ${response.status}`);
  return new ApiProblem(problem.status, problem.title, problem.detail, problem.errorCode, problem.details);
}

/** A proxy between may answer in its own words. */
function documentIn(text: string): ProblemDocument | null {
  try {
    const value = JSON.parse(text) as Partial<ProblemDocument> | null;
    return value && typeof value.detail === 'string' ? (value as ProblemDocument) : null;
  } catch {
    return null;
  }
}

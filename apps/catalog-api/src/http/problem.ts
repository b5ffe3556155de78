import { ERROR_CODES, type ErrorCode, type FieldError } from '@integrations/contracts';
import { InvalidCursor, NameTaken, retryHint } from '@integrations/database';
import { HttpException } from '@nestjs/common';
import { invalid, Refusal, unavailable } from '../refusal';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A problem (RFC 9457), extended by our error code and the invalid fields. */
export interface Problem {
  /** Identifies the kind of problem; this URI cannot be fetched. */
  readonly type: string;
  /** The error code in words. */
  readonly title: string;
  /** The HTTP status of the response. */
  readonly status: number;
  /** What is wrong with this request. */
  readonly detail: string;
  /** The kind of problem, for programs. */
  readonly errorCode: ErrorCode;
  /** The requested path; absent if it could not be read. */
  readonly instance?: string | undefined;
  /** The errors in fields of the request; empty if no field is at fault. */
  readonly details: readonly FieldError[];
}

export function toProblem({ errorCode, message, details, http }: Refusal, instance?: string): Problem {
  return {
    // A tag URI (RFC 4151) identifies the kind of problem, without implying that it can be fetched.
    type: `tag:stella-ops.org,2026:integrations/${errorCode}`,
    title: titleOf(errorCode),
    status: http.status ?? ERROR_CODES[errorCode].httpStatus,
    detail: message,
    errorCode,
    instance,
    details,
  };
}

/** The refusal to answer an error with; null for an internal error, whose cause the caller does not see. */
export function toRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof InvalidCursor)
    return invalid([{ field: 'cursor', message: 'must be the nextCursor of a page' }]);
  if (error instanceof NameTaken) {
    const details = [{ field: 'name', message: 'is in use by another integration' }];
    return new Refusal('conflict', 'another integration of this tenant has that name', details);
  }
  const again = retryHint(error);
  if (again !== null) return unavailable(again);
  if (error instanceof HttpException && error.getStatus() < 500) return ofTransport(error.getStatus());
  return null;
}

export function internalFault(): Refusal {
  return new Refusal('internal', 'the request failed unexpectedly; see the logs from that time');
}

/** A refusal that Nest or Fastify made. Their messages may quote the request, so we replace them. */
export function ofTransport(status: number): Refusal {
  switch (status) {
    case 404:
      return new Refusal('not_found', 'there is nothing at this path');
    case 413:
      return new Refusal('too_large', 'the body is larger than 1 MiB');
    case 414:
      return new Refusal('not_found', 'a segment of the path is too long');
    default:
      return new Refusal('invalid_request', 'the request cannot be read', [], { status });
  }
}

function titleOf(errorCode: ErrorCode): string {
  const words = errorCode.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

import { describeErrors, type ErrorCode, type FieldError } from '@integrations/contracts';

/** HTTP status and headers of a refusal, if they differ from those of its error code. */
export interface HttpShape {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a request is refused, in words for its caller. Independent of the transport. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly errorCode: ErrorCode,
    message: string,
    readonly details: readonly FieldError[] = [],
    readonly http: HttpShape = {},
  ) {
    super(message);
  }
}

export function invalid(errors: readonly FieldError[]): Refusal {
  return new Refusal('invalid_request', describeErrors(errors), errors);
}

/** Something that the response needs is unavailable now; a retry may succeed soon. */
export function unavailable(message: string): Refusal {
  return new Refusal('provider_unavailable', message, [], { status: 503, headers: { 'retry-after': '5' } });
}

export function notFound(what: 'integration' | 'operation', name: string): Refusal {
  return new Refusal('not_found', `there is no ${what} ${name} in this tenant`);
}

import { describeErrors, type ErrorCode, type FieldError } from '@integrations/contracts';

/** How HTTP tells of a refusal where it differs from what the error code alone says. */
export interface HttpShape {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a request is not served, in words for its caller. Knows nothing of how it came in. */
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

/** What the answer takes is away for now: whoever asks again soon may find it. */
export function unavailable(message: string): Refusal {
  return new Refusal('provider_unavailable', message, [], { status: 503, headers: { 'retry-after': '5' } });
}

export function notFound(what: 'integration' | 'operation' | 'provider', name: string): Refusal {
  return new Refusal('not_found', `there is no ${what} ${name} in this tenant`);
}

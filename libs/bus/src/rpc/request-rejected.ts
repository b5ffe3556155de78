import { describeErrors, type ErrorCode, failed, type FieldError } from '@integrations/contracts';
import { RpcException } from '@nestjs/microservices';

/** Thrown by a handler to refuse a request: the caller gets exactly this code, message and details. */
export class RequestRejected extends RpcException {
  override readonly name = 'RequestRejected';

  constructor(
    readonly errorCode: ErrorCode,
    message: string,
    readonly details: readonly FieldError[] = [],
  ) {
    // Nest's exception handling passes on the content of an RpcException and masks every other error.
    super(failed(errorCode, message, { details }));
    this.message = message;
  }

  /** Rejects invalid fields: they become the details, and the message describes them. */
  static forFields(errorCode: ErrorCode, errors: readonly FieldError[]): RequestRejected {
    return new RequestRejected(errorCode, describeErrors(errors), errors);
  }
}

import { validate } from '@integrations/contracts';
import type { PipeTransform } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { RequestRejected } from './request-rejected';

/** The body of a request as a valid DTO instance. For an invalid body the caller gets `invalid_request` with each field. */
export function RpcBody<T extends object>(dto: new () => T): ParameterDecorator {
  return Payload(new DtoPipe(dto));
}

class DtoPipe<T extends object> implements PipeTransform<unknown, T> {
  constructor(private readonly dto: new () => T) {}

  transform(body: unknown): T {
    const validated = validate(this.dto, body);
    if (validated.ok) return validated.value;
    throw RequestRejected.forFields('invalid_request', validated.errors);
  }
}

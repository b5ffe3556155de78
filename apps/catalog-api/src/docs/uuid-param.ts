import { ApiParam } from '@nestjs/swagger';

/** Documents a path parameter that is a UUID, as `UuidParam` reads it. */
export function ApiUuidParam(name: string): MethodDecorator {
  return ApiParam({ name, schema: { type: 'string', format: 'uuid' } });
}

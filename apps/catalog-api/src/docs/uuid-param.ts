import { ApiParam } from '@nestjs/swagger';

const DESCRIPTIONS = { id: 'Id of the integration.', operationId: "The operation's id in the ledger." };

/** Documents a path parameter that is a UUID, as `UuidParam` reads it. */
export function ApiUuidParam(name: keyof typeof DESCRIPTIONS): MethodDecorator {
  return ApiParam({ name, description: DESCRIPTIONS[name], schema: { type: 'string', format: 'uuid' } });
}

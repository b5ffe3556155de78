import { type Dto, dtoSchema } from '@integrations/contracts';
import type { SchemaObject } from '@nestjs/swagger';

export const DOCUMENTED_BY = 'x-documented-by';

/** The schema of a request, made from its validation rules because the DTOs have no Swagger decorators. */
export function requestSchema(dto: Dto): SchemaObject {
  return { ...(dtoSchema(dto) as SchemaObject), ...documentedBy(dto) };
}

/** Names the class whose docstrings describe a schema or parameter. The generator of docs/openapi.json replaces it. */
export function documentedBy(dto: Dto): object {
  return { [DOCUMENTED_BY]: dto.name };
}

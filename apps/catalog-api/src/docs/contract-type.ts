import { REFERENCES } from '@integrations/contracts';
import type { ReferenceObject } from '@nestjs/swagger';

/** The schema of a type that libs/contracts exports. The generator of docs/openapi.json adds it under this name. */
export function contractType(name: string): ReferenceObject {
  return { $ref: `${REFERENCES}${name}` };
}

import { SCHEMA_CONVERTERS } from '@integrations/contracts';
import type { ReferenceObject, SchemaObject } from '@nestjs/swagger';
import { targetConstructorToSchema } from 'class-validator-jsonschema';

export const REFERENCES = '#/components/schemas/';
export const DOCUMENTED_BY = 'x-documented-by';

/**
 * The schema of a request DTO, made from its class-validator rules because the DTOs have no Swagger decorators.
 * Properties with a default are optional.
 */
export function dtoSchema(dto: new () => object): SchemaObject {
  const schema = targetConstructorToSchema(dto, {
    refPointerPrefix: REFERENCES,
    additionalConverters: SCHEMA_CONVERTERS,
  });
  const defaults = new Map(Object.entries(new dto()).filter(([, value]) => value !== undefined));
  const rules = Object.entries((schema.properties ?? {}) as Record<string, SchemaObject | ReferenceObject>);
  const properties = rules.map(([name, property]) => [
    name,
    '$ref' in property || !defaults.has(name) ? property : { ...property, default: defaults.get(name) },
  ]);
  const required = (schema.required ?? []).filter((name) => !defaults.has(name));
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as NonNullable<SchemaObject['properties']>,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    ...documentedBy(dto),
  };
}

/** Names the class whose docstrings describe a schema or parameter. The generator of docs/openapi.json replaces it. */
export function documentedBy(dto: new () => object): object {
  return { [DOCUMENTED_BY]: dto.name };
}

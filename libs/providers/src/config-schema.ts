import { targetConstructorToSchema } from 'class-validator-jsonschema';

/** The JSON Schema of a plugin's config DTO: unknown fields refused, and what has a default not required. */
export function configSchema(dto: new () => object): Record<string, unknown> {
  const schema = targetConstructorToSchema(dto);
  const defaults = new Map(Object.entries(new dto()).filter(([, value]) => value !== undefined));
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    name,
    defaults.has(name) ? { ...property, default: defaults.get(name) } : property,
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, unknown>,
    required: (schema.required ?? []).filter((name) => !defaults.has(name)),
    additionalProperties: false,
  };
}

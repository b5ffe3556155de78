import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { CONNECTION, ConnectionSettings } from './connection-settings';

/** The JSON Schema of `config` for a plugin: its own DTO, and what is common to all. */
export function configSchema(dto: new () => object): Record<string, unknown> {
  const own = schemaOf(dto);
  return { ...own, properties: { ...own.properties, [CONNECTION]: schemaOf(ConnectionSettings) } };
}

/** Unknown fields are refused, and what has a default is not required. */
function schemaOf(dto: new () => object) {
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

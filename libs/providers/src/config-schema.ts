import { type Dto, dtoSchema, nestedClass, type Rules } from '@integrations/contracts';
import { CONNECTION, ConnectionSettings } from './connection-settings';

/** The JSON Schema of a plugin's `config`: its own DTO, plus the settings common to all providers. */
export function configSchema(dto: Dto): Record<string, unknown> {
  const own = schemaOf(dto);
  return { ...own, properties: { ...own.properties, [CONNECTION]: schemaOf(ConnectionSettings) } };
}

/** The schema of a DTO with those of nested classes inlined. */
function schemaOf(dto: Dto) {
  const { required = [], ...schema } = dtoSchema(dto);
  const properties = Object.entries(schema.properties).map(([name, rules]) => [name, withNested(dto, name, rules)]);
  return { ...schema, properties: Object.fromEntries(properties) as Record<string, unknown>, required };
}

function withNested(dto: Dto, name: string, rules: Rules): Rules {
  const items = rules['items'] as Rules | undefined;
  const type = '$ref' in (items ?? rules) ? nestedClass(dto, name, rules) : undefined;
  if (!type) return rules;
  if (items) return { ...rules, items: schemaOf(type) };
  const { $ref: _, ...own } = rules;
  return { ...schemaOf(type), ...own };
}

import { SCHEMA_CONVERTERS } from '@integrations/contracts';
import { plainToInstance } from 'class-transformer';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { CONNECTION, ConnectionSettings } from './connection-settings';

type Rules = Readonly<Record<string, unknown>>;
type Dto = new () => object;

/** The JSON Schema of a plugin's `config`: its own DTO, plus the settings common to all providers. */
export function configSchema(dto: Dto): Record<string, unknown> {
  const own = schemaOf(dto);
  return { ...own, properties: { ...own.properties, [CONNECTION]: schemaOf(ConnectionSettings) } };
}

/** Unknown fields are refused; a field with a default is not required. */
function schemaOf(dto: Dto) {
  const schema = targetConstructorToSchema(dto, { additionalConverters: SCHEMA_CONVERTERS });
  const defaults = new Map(Object.entries(new dto()).filter(([, value]) => value !== undefined));
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const rules = withNested(dto, name, property as Rules);
    return [name, defaults.has(name) ? { ...rules, default: defaults.get(name) } : rules];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, unknown>,
    required: (schema.required ?? []).filter((name) => !defaults.has(name)),
    additionalProperties: false,
  };
}

/** Inlines the schema of a nested class or of a list's items: the generated `$ref` points to nothing. */
function withNested(dto: Dto, name: string, rules: Rules): Rules {
  const items = rules['items'] as Rules | undefined;
  if (items && '$ref' in items) return { ...rules, items: nested(dto, name, [{}], items) };
  return '$ref' in rules ? nested(dto, name, {}, rules) : rules;
}

/** Only class-transformer knows the nested class, so it converts a `sample`. Rules without a class stay unchanged. */
function nested(dto: Dto, name: string, sample: object, { $ref: _, ...rules }: Rules): Rules {
  const [made] = [Reflect.get(plainToInstance(dto, { [name]: sample }), name) as object].flat();
  const type = made?.constructor as Dto | undefined;
  return type === undefined || type === Object ? rules : { ...schemaOf(type), ...rules };
}

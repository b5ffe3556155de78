import { plainToInstance } from 'class-transformer';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { SCHEMA_CONVERTERS } from './schema-converters';

export type Dto = new () => object;

/** A JSON Schema, draft 2020-12. */
export type Rules = Readonly<Record<string, unknown>>;

export interface DtoSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Rules>>;
  readonly required?: string[];
  readonly additionalProperties: false;
}

export const REFERENCES = '#/components/schemas/';

/**
 * The schema of a DTO, made from its validation rules. Unknown fields are refused; a field with a default is not
 * required. The schemas of nested classes are not part of it: it refers to them by name.
 */
export function dtoSchema(dto: Dto): DtoSchema {
  const schema = targetConstructorToSchema(dto, { additionalConverters: SCHEMA_CONVERTERS });
  const defaults = new Map(Object.entries(new dto()).filter(([, value]) => value !== undefined));
  const properties = Object.entries(schema.properties ?? {}).map(([name, converted]) => {
    const rules = withReference(dto, name, converted as Rules);
    return [name, '$ref' in rules || !defaults.has(name) ? rules : { ...rules, default: defaults.get(name) }];
  });
  const required = (schema.required ?? []).filter((name) => !defaults.has(name));
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, Rules>,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** The class of a nested object, or of the items of a list; undefined if they have none. */
export function nestedClass(dto: Dto, name: string, { items }: Rules): Dto | undefined {
  // Only class-transformer knows the class, so it converts a sample.
  const sample = items === undefined ? {} : [{}];
  const [made] = [Reflect.get(plainToInstance(dto, { [name]: sample }), name) as object].flat();
  const type = made?.constructor as Dto | undefined;
  return type === Object ? undefined : type;
}

/** The converter takes the declared type, and so refers to nothing for a list, a union or a document. */
function withReference(dto: Dto, name: string, rules: Rules): Rules {
  const items = rules['items'] as Rules | undefined;
  if (!('$ref' in (items ?? rules))) return rules;
  const type = nestedClass(dto, name, rules);
  return items ? { ...rules, items: referring(items, type) } : referring(rules, type);
}

function referring({ $ref: _, ...rules }: Rules, type: Dto | undefined): Rules {
  if (!type) return rules;
  const { description } = rules;
  return { $ref: `${REFERENCES}${type.name}`, ...(description === undefined ? {} : { description }) };
}

import type { FormField, Leaf, LeafKind } from './form-field';
import { labelOf } from './label-of';

/** The parts of a JSON Schema that are read. Third-party plugins may use any schema. */
interface Schema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

const LONG = 2_000;

/** A field for each property of the schema's object, required ones first. */
export function fieldsOfSchema(schema: unknown, path: string): FormField[] {
  const { properties = {}, required = [] } = schema as Schema;
  const fields = Object.entries(properties).map(([key, property]) =>
    fieldOf(property, key, `${path}.${key}`, required.includes(key)),
  );
  return fields.sort((a, b) => Number(b.required) - Number(a.required));
}

function fieldOf(schema: Schema, name: string, path: string, required: boolean): FormField {
  const common = { path, ...namesOf(schema, name), hint: schema.description ?? '', required };
  if (schema.properties) return { ...common, kind: 'group', fields: fieldsOfSchema(schema, path) };
  return { ...common, kind: kindOf(schema), ...limitsOf(schema) };
}

function namesOf({ title }: Schema, name: string): Pick<Leaf, 'label' | 'name'> {
  const label = title ?? labelOf(name);
  return label.toLowerCase() === name.toLowerCase() ? { label } : { label, name };
}

function kindOf(schema: Schema): LeafKind {
  if (optionsOf(schema).length > 0) return 'choice';
  switch (schema.type) {
    case 'string':
      return isLong(schema) ? 'long' : 'text';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'boolean':
      return 'flag';
    case 'array':
      return schema.items?.type === 'string' ? 'lines' : 'json';
    default:
      return 'json';
  }
}

function isLong({ maxLength = 0, pattern = '' }: Schema): boolean {
  return maxLength > LONG || pattern.includes('-----BEGIN');
}

function limitsOf(schema: Schema): Pick<Leaf, 'byDefault' | 'options' | 'min' | 'max'> {
  return {
    byDefault: shown(schema.default),
    options: optionsOf(schema),
    ...(schema.minimum === undefined ? {} : { min: schema.minimum }),
    ...(schema.maximum === undefined ? {} : { max: schema.maximum }),
  };
}

function optionsOf({ enum: options = [] }: Schema): string[] {
  return options.filter((option) => typeof option === 'string');
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A parsed JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

const ANNOTATIONS = new Set(['description', 'example', 'examples', 'deprecated', 'externalDocs', 'title', 'default']);

/**
 * OpenAPI 3.0 uses a dialect of JSON Schema: `nullable` instead of a null type, and ignored siblings of `$ref`. Returns a
 * schema for ajv, with `#/components/schemas/x` as the schema `x`, and calls `visit` with each such reference.
 */
export function toJsonSchema(schema: JsonObject, visit: (ref: string) => void): JsonObject {
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    visit(ref);
    return { $ref: ref.split('/').at(-1)! };
  }
  const converted: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword) || keyword === 'nullable' || keyword.startsWith('x-')) continue;
    converted[keyword] = convertKeyword(keyword, value, visit);
  }
  return schema['nullable'] === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
}

function convertKeyword(keyword: string, value: Json, visit: (ref: string) => void): Json {
  if (keyword === 'properties') {
    const properties = Object.entries(value as JsonObject);
    return Object.fromEntries(properties.map(([name, child]) => [name, toJsonSchema(child as JsonObject, visit)]));
  }
  if (keyword === 'allOf' || keyword === 'anyOf' || keyword === 'oneOf') {
    return (value as JsonObject[]).map((child) => toJsonSchema(child, visit));
  }
  if (keyword === 'items' || keyword === 'additionalProperties' || keyword === 'not') {
    return typeof value === 'object' && value !== null ? toJsonSchema(value as JsonObject, visit) : value;
  }
  return value;
}

/** The paths, at any depth, of properties that their object schema does not list. */
export function unknownProperties(
  value: Json,
  schema: JsonObject,
  resolve: (ref: string) => JsonObject,
  path = '',
): string[] {
  const ref = schema['$ref'];
  const known = typeof ref === 'string' ? resolve(ref) : schema;
  if (Array.isArray(value)) {
    const items = known['items'] as JsonObject | undefined;
    return items ? value.flatMap((item, index) => unknownProperties(item, items, resolve, `${path}/${index}`)) : [];
  }
  const properties = known['properties'] as Record<string, JsonObject> | undefined;
  if (typeof value !== 'object' || value === null || !properties) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return property ? unknownProperties(child, property, resolve, `${path}/${name}`) : [`${path}/${name}`];
  });
}

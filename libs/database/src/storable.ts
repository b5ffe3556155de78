/**
 * The same JSON value as PostgreSQL can store it: without NUL and lone surrogates, which may be in what vendors and plugins
 * say.
 */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\u0000', '') as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(storable) as T;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [storable(key), storable(part)])) as T;
}

/** The JSON of what is storable of `value`. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // What cannot be stored is escaped there, and little else is.
  return json.includes('\\u') ? JSON.stringify(storable(JSON.parse(json))) : json;
}

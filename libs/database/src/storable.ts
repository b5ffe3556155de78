/** The JSON value in a form that PostgreSQL can store. Texts of vendors and plugins may hold NULs and lone surrogates. */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\u0000', '') as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(storable) as T;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [storable(key), storable(part)])) as T;
}

/** `value` as JSON that PostgreSQL can store. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // JSON.stringify escapes NULs and lone surrogates as \u, and little else.
  return json.includes('\\u') ? JSON.stringify(storable(JSON.parse(json))) : json;
}

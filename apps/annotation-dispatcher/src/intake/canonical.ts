/** The same content as plain objects with sorted keys and without null or absent fields. */
export function canonical<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical) as T;
  const present = Object.entries(value).filter(([, part]) => part !== undefined && part !== null);
  const ordered = present.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(ordered.map(([key, part]) => [key, canonical(part)])) as T;
}

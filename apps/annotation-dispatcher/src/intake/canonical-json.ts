/** JSON of a value with its keys in order and without what is absent or null: the same content is the same text. */
export function canonicalJson(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) => (isPlain(part) ? ordered(part) : part));
}

function isPlain(part: unknown): part is object {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}

function ordered(part: object): object {
  const present = Object.entries(part).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)));
}

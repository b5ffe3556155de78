import { isSame } from './is-same';

type Json = Readonly<Record<string, unknown>>;

/** The JSON merge patch (RFC 7396) from one object to another: only differences, with null for removed keys. */
export function mergePatchOf(before: Json, after: Json): Json {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes = [...keys].map((key) => [key, changeOf(before[key], after[key])] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== undefined));
}

/** The patch of one value; undefined if it did not change. */
function changeOf(before: unknown, after: unknown): unknown {
  if (after === undefined) return before === undefined ? undefined : null;
  if (isObject(before) && isObject(after)) return emptyToNone(mergePatchOf(before, after));
  return isSame(before, after) ? undefined : after;
}

function emptyToNone(patch: Json): Json | undefined {
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

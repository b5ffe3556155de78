import { isSame } from './is-same';

type Json = Readonly<Record<string, unknown>>;

/** The JSON merge patch (RFC 7396) that leads from one object to the other: only what differs, null for what is gone. */
export function mergePatchOf(before: Json, after: Json): Json {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes = [...keys].map((key) => [key, changeOf(before[key], after[key])] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== undefined));
}

/** Undefined: none. */
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

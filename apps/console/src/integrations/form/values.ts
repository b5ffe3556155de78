import { type FormField, type Leaf, leavesOf } from './form-field';

/** The texts of the controls, by path. A control that was not filled in is empty or absent. */
export type Values = Readonly<Record<string, string>>;

type Json = Readonly<Record<string, unknown>>;

/** The texts that the controls show for a request or a registration. */
export function valuesOf(fields: readonly FormField[], source: object): Values {
  return Object.fromEntries(leavesOf(fields).map((leaf) => [leaf.path, textOf(leaf, at(source, leaf.path))]));
}

/** The request from the controls. Controls that were not filled in are left out. */
export function requestOf(fields: readonly FormField[], values: Values): Json {
  const request: Record<string, unknown> = {};
  for (const leaf of leavesOf(fields)) {
    const value = valueOf(leaf, values[leaf.path] ?? '');
    if (value !== undefined) put(request, leaf.path.split('.'), value);
  }
  return request;
}

export function isGiven(fields: readonly FormField[], values: Values): boolean {
  return leavesOf(fields).some(({ path }) => (values[path] ?? '') !== '');
}

export function changesIn(before: Values, after: Values): Values {
  return Object.fromEntries(Object.entries(after).filter(([path, text]) => text !== (before[path] ?? '')));
}

function textOf({ kind }: Leaf, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (kind === 'json') return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.join(kind === 'words' ? ' ' : '\n');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The value of a control. Text that cannot be parsed is sent as it is, and the API reports what it expects. */
function valueOf({ kind }: Leaf, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  switch (kind) {
    case 'text':
      return trimmed;
    case 'long':
    case 'choice':
      return text;
    case 'flag':
      return trimmed === 'true';
    case 'integer':
    case 'number':
      return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
    case 'words':
      return trimmed.split(/[\s,]+/).filter((word) => word !== '');
    case 'lines':
      return trimmed.split(/\s*\n\s*/);
    case 'json':
      return parsed(trimmed);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function at(source: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Json | null | undefined)?.[key], source);
}

function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[key] = value;
  else put((target[key] ??= {}) as Record<string, unknown>, rest, value);
}

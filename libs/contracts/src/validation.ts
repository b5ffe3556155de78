import 'reflect-metadata';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { FieldError } from './operation-result';

export type Validated<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldError[] };

const MAX_DEPTH = 32;
/**
 * The most fields of one object. class-transformer takes quadratic time: 90,000 fields in 1 MiB would block the process
 * for 25 s.
 */
const MAX_FIELDS = 500;
/** The most items of one list. Each invalid item costs class-validator 0.1 ms, and 1 MiB has room for 300,000 items. */
const MAX_ITEMS = 10_000;
const MAX_ERRORS = 50;

export interface ValidateOptions {
  /**
   * True for merge patches, where null removes a field. Otherwise a null field counts as absent, as many languages
   * write it.
   */
  readonly nullRemoves?: boolean;
  /** True for messages of other programs, which may have more fields than we know. Unknown fields are dropped. */
  readonly ignoreUnknown?: boolean;
  /** Fields that are checked elsewhere, to be listed among the known ones when an unknown field is refused. */
  readonly knownBesides?: readonly string[];
}

/**
 * Checks a plain JSON value against a DTO class. Each bad field is named. An unknown field is refused with a list of
 * the known ones, unless `ignoreUnknown` is set. Text that PostgreSQL cannot store (NUL, lone surrogates) is refused in
 * every field, and so are values too large or too deep to check quickly.
 */
export function validate<T extends object>(
  dto: ClassConstructor<T>,
  input: unknown,
  { nullRemoves = false, ignoreUnknown = false, knownBesides = [] }: ValidateOptions = {},
): Validated<T> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { ok: false, errors: [{ field: '', message: `must be a JSON object, not ${kindOf(input)}` }] };
  }
  const unstorable = findUnstorable(input, '', 0);
  if (unstorable) return { ok: false, errors: [unstorable] };

  const given = nullRemoves ? input : withoutNulls(input);
  const value = plainToInstance(dto, given, { exposeDefaultValues: true });
  for (const part of [...beginningOf(value), value]) {
    const errors = validateSync(part, {
      whitelist: true,
      forbidNonWhitelisted: !ignoreUnknown,
      forbidUnknownValues: false,
      validationError: { target: true, value: false },
    });
    if (errors.length > 0) return { ok: false, errors: flatten(errors, '', knownBesides).slice(0, MAX_ERRORS) };
  }
  return { ok: true, value };
}

/** The value with its long lists shortened. If the first items are invalid, most are, so the rest need no check. */
function beginningOf<T extends object>(value: T): T[] {
  const long = Object.entries(value).filter(([, field]) => Array.isArray(field) && field.length > 2 * MAX_ERRORS);
  if (long.length === 0) return [];
  const shortened = long.map(([key, list]) => [key, (list as unknown[]).slice(0, MAX_ERRORS)]);
  return [
    Object.assign(Object.create(Object.getPrototypeOf(value) as object) as T, value, Object.fromEntries(shortened)),
  ];
}

/** One sentence for people and logs: the first error, and how many more there are. */
export function describeErrors(errors: readonly FieldError[]): string {
  const first = errors[0];
  if (!first) return 'invalid request';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return first.field ? `${first.field}: ${first.message}${more}` : `${first.message}${more}`;
}

/**
 * Removes null fields at every depth, also in objects within lists. A null list element stays, and is refused later.
 */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const present = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(present.map(([key, field]) => [key, withoutNulls(field)]));
}

/** The errors of one object and of the objects nested in it. */
function flatten(
  errors: readonly ValidationError[],
  parent: string,
  knownBesides: readonly string[] = [],
): FieldError[] {
  const unknown = errors.find(isUnknown)?.target;
  const known = unknown ? [...fieldsOf(unknown), ...knownBesides] : [];
  return errors.flatMap((error) => {
    const field = pathOf(parent, error.property);
    if (isUnknown(error)) return [{ field, message: unknownField(known) }];
    const own = messagesOf(error).map((message) => ({ field, message: withoutName(message, error.property) }));
    return [...own, ...flatten(error.children ?? [], field)];
  });
}

/**
 * Messages in the order of the decorators in the source, so that the type comes first. Decorators run bottom to top.
 */
function messagesOf({ constraints = {} }: ValidationError): string[] {
  return [...new Set(Object.values(constraints).reverse())];
}

function isUnknown({ constraints }: ValidationError): boolean {
  return constraints !== undefined && Object.hasOwn(constraints, 'whitelistValidation');
}

/** Field names, in the order in which the class declares them. */
function fieldsOf(value: object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(value.constructor, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

function unknownField(known: readonly string[]): string {
  return known.length > 0
    ? `is not a known field; known are ${known.join(', ')}`
    : 'is not a known field; there are none here';
}

function pathOf(parent: string, property: string): string {
  if (property === '') return `${parent}[""]`;
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent ? `${parent}.${property}` : property;
}

function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

function findUnstorable(value: unknown, field: string, depth: number): FieldError | null {
  if (typeof value === 'string') return unstorableText(value, field);
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_DEPTH) return { field, message: `must not be nested deeper than ${MAX_DEPTH} levels` };
  const entries = Object.entries(value);
  const [limit, what] = Array.isArray(value) ? [MAX_ITEMS, 'elements'] : [MAX_FIELDS, 'fields'];
  if (entries.length > limit) return { field, message: `must contain no more than ${limit} ${what}` };
  for (const [key, child] of entries) {
    const path = Array.isArray(value) ? `${field}[${key}]` : pathOf(field, key);
    const found = inheritedName(key, path) ?? unstorableText(key, field) ?? findUnstorable(child, path, depth + 1);
    if (found) return found;
  }
  return null;
}

/** Refuses names such as `__proto__` or `hasOwnProperty`, which class-transformer and class-validator let through. */
function inheritedName(key: string, field: string): FieldError | null {
  return Object.hasOwn(Object.prototype, key) ? { field, message: 'is not a known field' } : null;
}

function unstorableText(text: string, field: string): FieldError | null {
  if (text.includes('\u0000')) return { field, message: 'must not contain the NUL character' };
  if (!text.isWellFormed()) return { field, message: 'must be well-formed Unicode (no lone surrogates)' };
  return null;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

import 'reflect-metadata';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { FieldError } from './operation-result';

export type Validated<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldError[] };

const MAX_DEPTH = 32;
/** Of one object. class-transformer takes time by the square of it: 90,000 fields in 1 MiB would hold a process for 25 s. */
const MAX_FIELDS = 500;
/** Of one list. Each wrong item costs class-validator a tenth of a millisecond, and 1 MiB has room for 300,000. */
const MAX_ITEMS = 10_000;
const MAX_ERRORS = 50;

export interface ValidateOptions {
  /** True for merge patches, where null removes. Otherwise a null field counts as absent, as many languages write it. */
  readonly nullRemoves?: boolean;
  /** True for what others tell, which may hold more than is known here; the rest is left out. */
  readonly ignoreUnknown?: boolean;
  /** Fields that are checked elsewhere: to be named among the known ones where another is refused. */
  readonly knownBesides?: readonly string[];
}

/**
 * Checks a plain JSON value against a DTO class: unknown fields are refused with those that are known there, unless they
 * are to be ignored, and each bad field is named.
 * Text that PostgreSQL cannot store (NUL, lone surrogates) is refused here, for every field at once, and so are shapes
 * that would take long to check.
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

/** With the first elements of its long lists only: where these are wrong, mostly all are, and one need not look at them. */
function beginningOf<T extends object>(value: T): T[] {
  const long = Object.entries(value).filter(([, field]) => Array.isArray(field) && field.length > 2 * MAX_ERRORS);
  if (long.length === 0) return [];
  const shortened = long.map(([key, list]) => [key, (list as unknown[]).slice(0, MAX_ERRORS)]);
  return [
    Object.assign(Object.create(Object.getPrototypeOf(value) as object) as T, value, Object.fromEntries(shortened)),
  ];
}

/** One sentence for people and logs: the first bad field and how many more there are. */
export function describeErrors(errors: readonly FieldError[]): string {
  const first = errors[0];
  if (!first) return 'invalid request';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return first.field ? `${first.field}: ${first.message}${more}` : `${first.message}${more}`;
}

/** Fields of objects in lists as well; an element that is null stays one, and is refused. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const present = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(present.map(([key, field]) => [key, withoutNulls(field)]));
}

/** The errors of one object, and of all within it. */
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

/** As the class has them from top to bottom, so that what kind of value it must be comes first; decorators run upwards. */
function messagesOf({ constraints = {} }: ValidationError): string[] {
  return [...new Set(Object.values(constraints).reverse())];
}

function isUnknown({ constraints }: ValidationError): boolean {
  return constraints !== undefined && Object.hasOwn(constraints, 'whitelistValidation');
}

/** In the order in which its class declares them. */
function fieldsOf(value: object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(value.constructor, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

function unknownField(known: readonly string[]): string {
  return known.length > 0
    ? `is not a known field; known are ${known.join(', ')}`
    : 'is not a known field; none is here';
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

/** Names such as `__proto__`, `constructor` or `hasOwnProperty`, which class-transformer and -validator let through. */
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

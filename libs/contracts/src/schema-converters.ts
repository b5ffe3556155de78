interface Rule {
  readonly constraints: unknown[];
  readonly message: unknown;
}

/**
 * Replaces conversions of class-validator-jsonschema, so that every JSON Schema validator can use the result.
 *
 * - `isUrl`: the library writes the format `url`, which JSON Schema does not define. Validators that know it reject
 *   private addresses.
 * - `isIso8601`: the library writes `oneOf` with `date` and `date-time`. To a validator that ignores formats, a value
 *   matches both and is therefore invalid.
 * - `isObject`: the library does not say that the fields are free. Generators of TypeScript clients then allow none.
 * - `matches`: regular expressions with Unicode classes make the validators of some languages fail, so these are
 *   described in words. JavaScript escapes slashes in the source of an expression; openapi-zod-client escapes them once
 *   more, and what it generates cannot be parsed.
 */
export const SCHEMA_CONVERTERS = {
  isUrl: { type: 'string', format: 'uri' } as const,
  isIso8601: { type: 'string', format: 'date-time' } as const,
  isObject: { type: 'object', additionalProperties: true } as const,
  matches: ({ constraints, message }: Rule) => {
    const source = (constraints[0] as RegExp).source.replaceAll(/\\./g, (escape) => (escape === '\\/' ? '/' : escape));
    const rule = /\\p\{/i.test(source) ? { description: String(message) } : { pattern: source };
    return { ...rule, type: 'string' as const };
  },
};

/**
 * The schema of an object, changed so that some properties may also be null, as many languages write absent fields.
 * These are the properties in `names`; without `names`, all optional ones.
 */
export function withNulls<S extends object>(schema: S, names?: readonly string[]): S {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Record<string, unknown>>;
    required?: string[];
  };
  const isNullable = (name: string) => (names ? names.includes(name) : !required.includes(name));
  const parts = Object.entries(properties).map(([name, part]) => [name, isNullable(name) ? orNull(part) : part]);
  return { ...schema, properties: Object.fromEntries(parts) as object };
}

function orNull({ description, default: otherwise, ...rules }: Record<string, unknown>): object {
  return {
    anyOf: [rules, { type: 'null' }],
    ...(otherwise === undefined ? {} : { default: otherwise }),
    ...(description === undefined ? {} : { description }),
  };
}

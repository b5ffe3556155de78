interface Rule {
  readonly constraints: unknown[];
  readonly message: unknown;
}

/**
 * Rules of class-validator in a JSON Schema that every validator can judge by; class-validator-jsonschema takes these.
 *
 * Of a URL it says `url`, which is no format there, and where it is known, private addresses are none. Of a time it says that it
 * is either a date or a time with a date, which is both to those who take a format for a comment, and so wrong. An expression
 * with classes of Unicode is none to some languages, whose validators fail over it instead of passing it by: it is said in words.
 */
export const SCHEMA_CONVERTERS = {
  isUrl: { type: 'string', format: 'uri' } as const,
  isIso8601: { type: 'string', format: 'date-time' } as const,
  matches: ({ constraints, message }: Rule) => {
    const { source } = constraints[0] as RegExp;
    const rule = /\\p\{/i.test(source) ? { description: String(message) } : { pattern: source };
    return { ...rule, type: 'string' as const };
  },
};

/** A JSON Schema of an object; what of it need not be there, or is named, may be null as well, as many languages write it. */
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

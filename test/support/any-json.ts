import fc from 'fast-check';
import { anyText } from './any-text';

const NOBODY = '01920000-0000-7000-8000-000000000001';

/** JSON as text, including values that upset parsers, prototypes, databases and lists. */
const part = fc.oneof(
  fc.json({ maxDepth: 3 }),
  anyText().map((text) => JSON.stringify(text)),
  fc.constantFrom(
    ...[
      '1e400',
      '-1e400',
      '9'.repeat(400),
      '-0',
      '"\\u0000"',
      '"\\ud800"',
      '{"__proto__": {"admin": true}}',
      '[[[[]]]]',
    ],
    ...['"authref://env/A"', `"${NOBODY}"`, '"in_memory"', '"scm"', '"2026-01-01T00:00:00Z"', '{"length": 4294967295}'],
    `[${Array(100_000).fill('0').join()}]`,
    `[${Array(100_000).fill('{}').join()}]`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  ),
);

/** Any JSON as text: mostly objects with some of these fields, and with names that collide with prototypes. */
export function anyJson(fields: readonly string[]): fc.Arbitrary<string> {
  const name = fc.constantFrom(...fields, '__proto__', 'constructor', 'toString', 'then', '', '0');
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(fc.tuple(name, part), { maxLength: 5 }).map(asObject) },
    { weight: 1, arbitrary: part },
  );
}

/** The object as text, with up to two of its fields replaced by anything. */
export function almost(valid: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const fields = Object.entries(valid).map(([name, value]) => [name, JSON.stringify(value)] as const);
  const replaced = fc.array(fc.tuple(fc.constantFrom(...Object.keys(valid)), part), { maxLength: 2 });
  return replaced.map((wrong) => asObject([...new Map([...fields, ...wrong])]));
}

function asObject(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join()}}`;
}

import { getMetadataStorage } from 'class-validator';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text';
import * as contracts from './index';
import { validate } from './validation';

type Dto = new () => object;

/** All request classes of the contracts, found automatically, so that new ones are tested too. */
const DTOS = Object.values(contracts as Record<string, unknown>).filter(
  (exported): exported is Dto => typeof exported === 'function' && fieldsOf(exported as Dto).length > 0,
);

const HOSTILE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'length',
];

const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  anyText(),
  fc.constantFrom<unknown>(
    ...[Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, 2 ** 31, 1e21, 0.1, -0, 5e-324],
    ...['\u0000', 'half \ud800', '\udc00', '\u202e', '', ' ', 'a'.repeat(70_000), '2026-02-30T00:00:00Z', '-----BEGIN'],
    ...[[[]], [null], [{}], {}, { length: 1 }, Array(12_000).fill(0), Array(600).fill({ a: 1 })],
    nested(40),
    nested(5_000),
  ),
);

describe.each(DTOS.map((dto) => [dto.name, dto] as const))('%s, for any input', (_, dto) => {
  const fields = fieldsOf(dto);
  const names = fc.oneof(fc.constantFrom(...fields), fc.constantFrom(...HOSTILE_KEYS), fc.stringMatching(/^\D{1,8}$/));
  const bodies = fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.tuple(names, hostile), { maxLength: 6 }).map(asParsed) },
    { weight: 1, arbitrary: hostile },
  );

  it.each([{ nullRemoves: false }, { nullRemoves: true }])(
    'is either accepted or refused with the names of fields: %j',
    (options) => {
      fc.assert(
        fc.property(bodies, (body) => {
          const checked = validate(dto, body, options);
          if (checked.ok) return expect(checked.value).toBeInstanceOf(dto);
          expect(checked.errors.length).toBeGreaterThan(0);
          const known = ['', ...fields, ...keysOf(body)];
          const isOfField = (field: string) => known.some((name) => field === name || isWithin(field, name));
          expect(checked.errors.filter(({ field, message }) => message === '' || !isOfField(field))).toEqual([]);
        }),
        { numRuns: 150 },
      );
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );
});

it('the classes tested above include those of the contracts', () => {
  expect(DTOS.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['CreateIntegrationRequest', 'ScmPublishRequest']),
  );
  expect(DTOS.length).toBeGreaterThan(15);
});

function fieldsOf(dto: Dto): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

/** An object with `__proto__` as a plain property, as JSON.parse creates it. */
function asParsed(pairs: readonly (readonly [string, unknown])[]): unknown {
  const object = {};
  for (const [name, value] of pairs) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function keysOf(body: unknown): string[] {
  return typeof body === 'object' && body !== null ? Object.keys(body) : [];
}

function isWithin(field: string, name: string): boolean {
  return field.startsWith(`${name}.`) || field.startsWith(`${name}[`);
}

import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, ValidateBy, ValidateNested } from 'class-validator';
import { processorTime } from '../../../test/support/processor-time';
import { CreateIntegrationRequest, HealthCheckSettings, UpdateIntegrationRequest } from './integrations';
import { ScmCheckRunRequest } from './scm-requests';
import { validate } from './validation';

class Thing {
  @IsString()
  name: string;

  @IsOptional()
  @IsObject()
  config?: Record<string, unknown>;
}

let looked = 0;

function isGood(good: unknown): boolean {
  looked += 1;
  return good === true;
}

class Item {
  @ValidateBy({ name: 'good', validator: { validate: isGood, defaultMessage: () => 'must be good' } })
  good: boolean;
}

class List {
  @ValidateNested({ each: true })
  @Type(() => Item)
  items: Item[];
}

class Empty {}

class Special extends List {
  @IsOptional()
  @IsString()
  colour?: string;

  @IsOptional()
  @IsString()
  name?: string;

  @IsOptional()
  declare items: Item[];
}

describe('validate', () => {
  it('stops early in a list that is wrong from its start, and checks every item of any other list', () => {
    const items = (good: boolean) => Array.from({ length: 9_999 }, () => ({ good }));
    looked = 0;
    const wrong = validate(List, { items: items(false) });
    expect(wrong.ok ? [] : wrong.errors).toHaveLength(50);
    expect(looked).toBe(50);
    expect(validate(List, { items: items(true) })).toMatchObject({ ok: true, value: { items: expect.any(Array) } });
    expect(looked).toBeGreaterThan(9_999);
    const late = validate(List, { items: [...items(true), { good: false }] });
    expect(late).toEqual({ ok: false, errors: [{ field: 'items[9999].good', message: 'must be good' }] });
  });

  it('lists the known fields of the enclosing object beside an unknown one, in lists as well', () => {
    const errorsOf = (input: unknown) => {
      const checked = validate(List, input);
      return checked.ok ? [] : checked.errors;
    };
    expect(errorsOf({ items: [{ good: true, bad: 1 }], itmes: [] })).toEqual([
      { field: 'itmes', message: 'is not a known field; known are items' },
      { field: 'items[0].bad', message: 'is not a known field; known are good' },
    ]);
    expect(validate(Empty, { any: 1 })).toEqual({
      ok: false,
      errors: [{ field: 'any', message: 'is not a known field; there are none here' }],
    });
  });

  it('reports a wrong type first, then the other rules', () => {
    expect(validate(HealthCheckSettings, { intervalSeconds: '60' })).toEqual({
      ok: false,
      errors: ['must be an integer number', 'must not be less than 10', 'must not be greater than 86400'].map(
        (message) => ({ field: 'intervalSeconds', message }),
      ),
    });
  });

  it.each([[[]], [[{ intervalSeconds: 60 }]], [5], ['60'], [true]])(
    'refuses %j where an object is required',
    (healthCheck) => {
      const refused = { ok: false, errors: [{ field: 'healthCheck', message: 'must be an object' }] };
      expect(validate(UpdateIntegrationRequest, { healthCheck })).toEqual(refused);
      const request = { name: 'x', type: 'scm', provider: 'in_memory', healthCheck };
      expect(validate(CreateIntegrationRequest, request)).toEqual(refused);
    },
  );

  it('lists inherited fields once, after those of the class, and at the top level also the fields checked elsewhere', () => {
    expect(validate(Special, { nmae: 'x' }, { knownBesides: ['connection'] })).toMatchObject({
      ok: false,
      errors: expect.arrayContaining([
        { field: 'nmae', message: 'is not a known field; known are colour, name, items, connection' },
      ]),
    });
    expect(validate(Special, { name: 'x', items: [{ good: true, bad: 1 }] }, { knownBesides: ['connection'] })).toEqual(
      {
        ok: false,
        errors: [{ field: 'items[0].bad', message: 'is not a known field; known are good' }],
      },
    );
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))('refuses a field called %s as unknown', (key) => {
    const body: unknown = JSON.parse(`{"name": "x", "${key}": 1}`);
    expect(validate(Thing, body)).toEqual({ ok: false, errors: [{ field: key, message: 'is not a known field' }] });
  });

  it('refuses a field such as __proto__ at any depth, and leaves prototypes alone', () => {
    const body: unknown = JSON.parse('{"name": "x", "config": {"a": {"__proto__": {"polluted": true}}}}');
    expect(validate(Thing, body)).toEqual({
      ok: false,
      errors: [{ field: 'config.a.__proto__', message: 'is not a known field' }],
    });
    expect(validate(Thing, { '': { valueOf: 1 } })).toEqual({
      ok: false,
      errors: [{ field: '[""].valueOf', message: 'is not a known field' }],
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  const many = (count: number, field: (nth: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, nth) => [field(nth), nth]));

  it.each<[string, new () => object, string, object]>([
    ['fields', Thing, '', { name: 'x', ...many(90_000, (nth) => `f${nth}`) }],
    ['fields of an object', Thing, 'config', { name: 'x', config: many(90_000, (nth) => `f${nth}`) }],
    [
      'different tags',
      CreateIntegrationRequest,
      'tags',
      { tags: Array.from({ length: 150_000 }, (_, nth) => `t${nth}`) },
    ],
    ['wrong annotations', ScmCheckRunRequest, 'annotations', { annotations: Array(100_000).fill({ x: 1 }) }],
  ])('refuses very many %s quickly', (_what, dto, field, body) => {
    const spent = processorTime();
    const checked = validate<object>(dto, body);
    expect(spent()).toBeLessThan(5_000);
    expect(checked.ok ? [] : checked.errors.map((error) => error.field)).toContain(field);
  });

  it('refuses a list with a duplicate value', () => {
    const checked = validate(CreateIntegrationRequest, {
      name: 'x',
      type: 'scm',
      provider: 'in_memory',
      tags: ['a', 'a'],
    });
    expect(checked).toEqual({ ok: false, errors: [{ field: 'tags', message: 'must not contain duplicates' }] });
  });
});

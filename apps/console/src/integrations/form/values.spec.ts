import { fieldsOfSchema } from './schema-fields';
import { changesIn, isGiven, requestOf, valuesOf } from './values';

const fields = fieldsOfSchema(
  {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['a', 'b'], default: 'a' },
      perHour: { type: 'integer', minimum: 1 },
      strict: { type: 'boolean', default: false },
      namespaces: { type: 'array', items: { type: 'string' } },
      caBundle: { type: 'string', maxLength: 100_000 },
      rules: { type: 'array', items: { type: 'object' } },
      connection: { type: 'object', properties: { proxy: { type: 'string' } } },
    },
  },
  'config',
);

const request = {
  config: {
    kind: 'b',
    perHour: 5,
    strict: true,
    namespaces: ['x', 'y'],
    caBundle: '-----BEGIN\n',
    rules: [{ a: 1 }],
    connection: { proxy: 'http://p:1' },
  },
};

describe('requestOf', () => {
  it('restores what valuesOf has read', () => {
    expect(requestOf(fields, valuesOf(fields, request))).toEqual(request);
  });

  it('contains only what was filled in', () => {
    expect(requestOf(fields, { ...valuesOf(fields, {}), 'config.perHour': '7' })).toEqual({ config: { perHour: 7 } });
    expect(requestOf(fields, { 'config.namespaces': ' \n ', 'config.kind': '' })).toEqual({});
  });

  it('takes one entry per line', () => {
    expect(requestOf(fields, { 'config.namespaces': ' a \n\n b\n' })).toEqual({ config: { namespaces: ['a', 'b'] } });
  });

  it('sends unparsable input as it was typed, for the API to refuse', () => {
    expect(requestOf(fields, { 'config.rules': '[{', 'config.perHour': 'many' })).toEqual({
      config: { rules: '[{', perHour: 'many' },
    });
  });
});

it('isGiven tells whether any of the fields is filled in', () => {
  expect(isGiven(fields, valuesOf(fields, {}))).toBe(false);
  expect(isGiven(fields, { 'config.connection.proxy': 'http://p:1' })).toBe(true);
});

it('changesIn finds what was changed and what was emptied', () => {
  expect(changesIn({ name: 'a', tags: 'x', endpoint: '' }, { name: 'b', tags: '', endpoint: '' })).toEqual({
    name: 'b',
    tags: '',
  });
});

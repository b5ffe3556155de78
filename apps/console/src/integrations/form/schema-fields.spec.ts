import { fieldsOfSchema } from './schema-fields';

const kindOf = (property: object) => fieldsOfSchema({ properties: { it: property } }, 'config')[0]!.kind;

describe('fieldsOfSchema', () => {
  it.each([
    [{ type: 'string' }, 'text'],
    [{ type: 'string', maxLength: 255 }, 'text'],
    [{ type: 'string', maxLength: 100_000 }, 'long'],
    [{ type: 'string', pattern: '-----BEGIN CERTIFICATE-----' }, 'long'],
    [{ type: 'string', enum: ['a'] }, 'choice'],
    [{ type: 'integer' }, 'integer'],
    [{ type: 'number' }, 'number'],
    [{ type: 'boolean' }, 'flag'],
    [{ type: 'array', items: { type: 'string' } }, 'lines'],
    [{ type: 'array', items: { type: 'object' } }, 'json'],
    [{ type: 'object', properties: { a: { type: 'string' } } }, 'group'],
    [{ anyOf: [] }, 'json'],
  ])('turns %j into a control of the kind %s', (property, kind) => {
    expect(kindOf(property)).toBe(kind);
  });

  it('puts required fields first, and names each by its path', () => {
    const schema = {
      properties: { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'string' } },
      required: ['b'],
    };
    expect(fieldsOfSchema(schema, 'config').map(({ path }) => path)).toEqual(['config.b', 'config.a', 'config.c']);
  });

  it('labels a field in words or by its title, and keeps the name when the label differs', () => {
    const schema = { properties: { region: {}, appId: {}, canary: { title: 'Repository to check' } } };
    expect(fieldsOfSchema(schema, 'config')).toMatchObject([
      { label: 'Region' },
      { label: 'App ID', name: 'appId' },
      { label: 'Repository to check', name: 'canary' },
    ]);
    expect(fieldsOfSchema(schema, 'config')[0]).not.toHaveProperty('name');
  });

  it('keeps limits and defaults', () => {
    const [field] = fieldsOfSchema({ properties: { n: { type: 'integer', minimum: 0, maximum: 9, default: 0 } } }, 'c');
    expect(field).toMatchObject({ min: 0, max: 9, byDefault: '0' });
  });
});

import { IsNested } from '@integrations/contracts';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, ValidateNested } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { configSchema } from './config-schema';
import { createOwnProviders } from './providers';

class Shelf {
  @IsInt()
  width: number;

  @IsInt()
  depth: number = 3;
}

class Shop {
  @JSONSchema({ description: 'Where the till stands.' })
  @IsOptional()
  @IsNested(() => Shelf)
  counter?: Shelf;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Shelf)
  shelves: Shelf[] = [];
}

function accepts(config: new () => object) {
  return addFormats.default(new Ajv()).compile(configSchema(config));
}

describe('configSchema', () => {
  it.each(createOwnProviders().map(({ provider, config }) => [provider, config] as const))(
    'of %s has no dangling reference',
    (_, config) => {
      expect(() => accepts(config)).not.toThrow();
    },
  );

  it.each(['http://proxy:3128', 'http://10.0.0.5:3128'])('accepts %s as a proxy', (proxy) => {
    expect(accepts(Shelf)({ width: 1, connection: { proxy } })).toBe(true);
  });

  it('contains nested classes, with their defaults, and refuses unknown fields in them', () => {
    const isShop = accepts(Shop);

    expect(isShop({ counter: { width: 1 }, shelves: [{ width: 2, depth: 4 }] })).toBe(true);
    expect(isShop({ counter: {} })).toBe(false);
    expect(isShop({ shelves: [{ width: 2, colour: 'red' }] })).toBe(false);
    expect(configSchema(Shop)).toMatchObject({
      properties: { counter: { description: 'Where the till stands.', properties: { depth: { default: 3 } } } },
    });
  });
});

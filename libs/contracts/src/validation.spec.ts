import { IsObject, IsOptional, IsString } from 'class-validator';
import { validate } from './validation';

class Thing {
  @IsString()
  name: string;

  @IsOptional()
  @IsObject()
  config?: Record<string, unknown>;
}

describe('validate', () => {
  it.each(Object.getOwnPropertyNames(Object.prototype))('refuses a field called %s as an unknown one', (key) => {
    const body: unknown = JSON.parse(`{"name": "x", "${key}": 1}`);
    expect(validate(Thing, body)).toEqual({ ok: false, errors: [{ field: key, message: 'is not a known field' }] });
  });

  it('refuses such a field at any depth, and leaves prototypes alone', () => {
    const body: unknown = JSON.parse('{"name": "x", "config": {"a": {"__proto__": {"polluted": true}}}}');
    expect(validate(Thing, body)).toEqual({
      ok: false,
      errors: [{ field: 'config.a.__proto__', message: 'is not a known field' }],
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

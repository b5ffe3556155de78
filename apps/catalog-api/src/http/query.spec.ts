import { IsBoolean, IsInt, IsOptional, IsString } from 'class-validator';
import { Refusal } from '../refusal';
import { readQuery } from './query';

class Filter {
  @IsInt()
  limit: number = 50;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @IsString()
  tag?: string;
}

describe('readQuery', () => {
  it('converts text to the types that the DTO declares, and to nothing else', () => {
    expect(readQuery(Filter, { limit: '7', enabled: 'false', tag: '12' })).toEqual({
      limit: 7,
      enabled: false,
      tag: '12',
    });
    expect(readQuery(Filter, {})).toEqual({ limit: 50 });
    expect(readQuery(Filter, { limit: `${Number.MAX_SAFE_INTEGER}` })).toEqual({ limit: Number.MAX_SAFE_INTEGER });
  });

  it.each([
    ['limit', '1e1'],
    ['limit', '0x10'],
    ['limit', '07'],
    ['limit', ' 7'],
    ['limit', ''],
    ['limit', '9007199254740993'],
    ['limit', '99999999999999999999'],
    ['limit', ['1', '2']],
    ['limit', ['1']],
    ['enabled', 'yes'],
    ['enabled', '1'],
    ['enabled', 'TRUE'],
    ['enabled', ''],
    ['tag', ['a', 'b']],
    ['colour', 'red'],
    ['constructor', '1'],
    ['hasOwnProperty', '1'],
  ])('refuses %s=%j and names the parameter', (name, value) => {
    expect(() => readQuery(Filter, { [name]: value })).toThrow(Refusal);
    expect(() => readQuery(Filter, { [name]: value })).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ field: name })] }),
    );
  });
});

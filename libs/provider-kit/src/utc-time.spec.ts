import { utcTime } from './utc-time';

describe('utcTime', () => {
  it.each<[string | number | null | undefined, string | null]>([
    ['2026-11-26T08:00:00+01:00', '2026-11-26T07:00:00.000Z'],
    ['2026-11-26T07:00:00Z', '2026-11-26T07:00:00.000Z'],
    [1_795_676_400_000, '2026-11-26T07:00:00.000Z'],
    ['0001-01-01T00:00:00Z', null],
    ['soon', null],
    ['', null],
    [0, null],
    [NaN, null],
    [1e20, null],
    [null, null],
    [undefined, null],
  ])('turns %p into %p', (time, expected) => {
    expect(utcTime(time)).toBe(expected);
  });
});

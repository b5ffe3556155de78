import { isoTime } from './iso-time';

describe('a time as ISO 8601', () => {
  it.each([
    0, 7, 999, 1_000, 1_700_000_000_045, 1_700_000_000_045, 1_700_000_001_999, 1_699_999_999_999, -1,
    253_402_300_800_001,
  ])('of %d is as Date writes it', (ms) => {
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
  });
});

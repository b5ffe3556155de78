import { backoffMs, retryAfterMs } from './retry-after';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const epoch = (ms: number) => String(ms / 1_000);

describe('retryAfterMs', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['no wait', { 'retry-after': '0' }, 0],
    ['fractions, rounded up', { 'retry-after': '0.0001' }, 1],
    ['blanks around it', { 'retry-after': ' 7 ' }, 7_000],
    ['an HTTP date', { 'retry-after': 'Sun, 01 Mar 2026 12:01:30 GMT' }, 90_000],
    ['an old-style HTTP date', { 'retry-after': 'Sunday, 01-Mar-26 12:00:10 GMT' }, 10_000],
    ['a date gone by', { 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    ['more than an hour', { 'retry-after': '86400' }, 3_600_000],
    ['a number beyond reason', { 'retry-after': '9'.repeat(400) }, 3_600_000],
    ['a point in time', { 'x-retry-after': epoch(NOW + 20_000) }, 20_000],
    ['a reset', { 'x-ratelimit-reset': epoch(NOW + 20_000) }, 21_000],
    ['a reset gone by', { 'x-ratelimit-reset': epoch(NOW - 20_000) }, 0],
    ['a reset with nothing left', { 'x-ratelimit-reset': epoch(NOW + 5_000), 'x-ratelimit-remaining': '0' }, 6_000],
    ['Retry-After before the reset', { 'retry-after': '3', 'x-ratelimit-reset': epoch(NOW + 90_000) }, 3_000],
    [
      'a reset where something is left',
      { 'x-ratelimit-reset': epoch(NOW + 5_000), 'x-ratelimit-remaining': '9' },
      undefined,
    ],
    ['nothing', {}, undefined],
    ['empty', { 'retry-after': '' }, undefined],
    ['negative', { 'retry-after': '-5' }, undefined],
    ['hexadecimal', { 'retry-after': '0x10' }, undefined],
    ['words', { 'retry-after': 'soon', 'x-ratelimit-reset': 'later' }, undefined],
    ['no such date', { 'retry-after': 'Sun, 99 Foo 2026 12:00:00 GMT' }, undefined],
    ['an ISO date', { 'retry-after': '2026-03-01T12:01:00Z' }, undefined],
  ])('understands %s', (_, headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected);
  });

  it('measures points in time by the clock of the server that set them', () => {
    const date = 'Sun, 01 Mar 2026 13:00:00 GMT'; // an hour ahead of ours
    expect(retryAfterMs({ date, 'retry-after': 'Sun, 01 Mar 2026 13:00:05 GMT' }, NOW)).toBe(5_000);
    expect(retryAfterMs({ date, 'x-ratelimit-reset': epoch(NOW + 3_605_000) }, NOW)).toBe(6_000);
    expect(retryAfterMs({ date, 'retry-after': '5' }, NOW)).toBe(5_000);
  });
});

describe('backoffMs', () => {
  it('spreads evenly below a cap that doubles from one second to five minutes', () => {
    const most = [1, 2, 3, 4, 8, 9, 10, 100, 5_000].map((attempt) => backoffMs(attempt, () => 0.999_999_999));
    expect(most).toEqual([999, 1_999, 3_999, 7_999, 127_999, 255_999, 299_999, 299_999, 299_999]);
    expect(backoffMs(9, () => 0.5)).toBe(128_000);
    expect(backoffMs(9, () => 0)).toBe(0);
    expect(backoffMs(0, () => 0.5)).toBe(500);
  });
});

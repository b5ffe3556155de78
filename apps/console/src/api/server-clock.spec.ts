import { ServerClock } from './server-clock';

const SAID = 'Sat, 31 Jan 2026 12:00:00 GMT';
const NOW = Date.parse(SAID);
const MINUTE = 60_000;

describe('the estimated server time', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** The estimated time after a response dated noon, by the browser's clock and the duration of the request. */
  function afterAnswer(shown: number, withinMs = 100, clock = new ServerClock(), date: string | null = SAID): number {
    jest.setSystemTime(shown);
    clock.hear(date, shown - withinMs);
    return clock.now() - NOW;
  }

  it.each([NOW - 10 * MINUTE, NOW + 10 * MINUTE, NOW - 1_440 * MINUTE, NOW + 1_440 * MINUTE])(
    'follows the Date header when the browser’s clock shows %d, to within the header’s second and the response time',
    (shown) => {
      expect(afterAnswer(shown)).toBeGreaterThanOrEqual(0);
      expect(afterAnswer(shown)).toBeLessThanOrEqual(1_100);
    },
  );

  it.each([0, 500, 999])(
    'is the browser’s time when that clock is right, although the header only has whole seconds: %d ms',
    (ms) => {
      expect(afterAnswer(NOW + ms)).toBe(ms);
    },
  );

  it('ignores a response that took long, and one without a date', () => {
    expect(afterAnswer(NOW + 20_000, 20_000)).toBe(20_000);
    expect(afterAnswer(NOW + MINUTE, 100, new ServerClock(), null)).toBe(MINUTE);
  });

  it('is right again once the browser’s clock is', () => {
    const clock = new ServerClock();
    expect(afterAnswer(NOW + 10 * MINUTE, 100, clock)).toBeLessThanOrEqual(1_100);
    expect(afterAnswer(NOW, 100, clock)).toBeGreaterThanOrEqual(0);
    expect(afterAnswer(NOW, 100, clock)).toBeLessThanOrEqual(1_100);
  });
});

import { ServerClock } from './server-clock';

const SAID = 'Sat, 31 Jan 2026 12:00:00 GMT';
const NOW = Date.parse(SAID);
const MINUTE = 60_000;

describe("the server's time", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** The estimated time after a response dated noon, by the browser's clock and the duration of the request. */
  function afterAnswer(shown: number, withinMs = 100, clock = new ServerClock(), date: string | null = SAID): number {
    jest.setSystemTime(shown);
    clock.hear(date, shown - withinMs);
    return clock.now() - NOW;
  }

  it.each([NOW - 10 * MINUTE, NOW + 10 * MINUTE, NOW - 1_440 * MINUTE, NOW + 1_440 * MINUTE])(
    'is what an answer says where the clock shows %d, within the second of the header and the time of the answer',
    (shown) => {
      expect(afterAnswer(shown)).toBeGreaterThanOrEqual(0);
      expect(afterAnswer(shown)).toBeLessThanOrEqual(1_100);
    },
  );

  it.each([0, 500, 999])(
    'is that of a clock that is right, though answers tell the second alone: %d ms of it',
    (ms) => {
      expect(afterAnswer(NOW + ms)).toBe(ms);
    },
  );

  it('is not told anew by an answer that took long, nor by none at all', () => {
    expect(afterAnswer(NOW + 20_000, 20_000)).toBe(20_000);
    expect(afterAnswer(NOW + MINUTE, 100, new ServerClock(), null)).toBe(MINUTE);
  });

  it('is right again once the clock is', () => {
    const clock = new ServerClock();
    expect(afterAnswer(NOW + 10 * MINUTE, 100, clock)).toBeLessThanOrEqual(1_100);
    expect(afterAnswer(NOW, 100, clock)).toBeGreaterThanOrEqual(0);
    expect(afterAnswer(NOW, 100, clock)).toBeLessThanOrEqual(1_100);
  });
});

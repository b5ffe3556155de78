import { backoffMs } from './outcome';

describe('backoffMs', () => {
  it.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [5, 8_000, 16_000],
    [20, 150_000, 300_000],
    [5_000, 150_000, 300_000],
  ])('is, after delivery %i, between %i and %i ms', (deliveries, least, most) => {
    for (let i = 0; i < 100; i += 1) {
      const wait = backoffMs(deliveries);
      expect(wait).toBeGreaterThanOrEqual(least);
      expect(wait).toBeLessThanOrEqual(most);
    }
  });
});

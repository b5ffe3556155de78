import { duration } from './duration';

describe('duration', () => {
  it.each([
    [2, '2 ms'],
    [1_540, '1.5 s'],
    [59_600, '1 min'],
    [61_000, '1 min 1 s'],
    [3_605_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [172_800_000, '2 d'],
  ])('shows %d ms as %s', (ms, words) => expect(duration(ms)).toBe(words));
});

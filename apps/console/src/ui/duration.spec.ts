import { duration } from './duration';

describe('how long something took', () => {
  it.each([
    [2, '2 ms'],
    [1_540, '1.5 s'],
    [61_000, '1 min 1 s'],
    [7_500_000, '2 h 5 min'],
    [172_800_000, '2 d'],
  ])('%d ms is %s', (ms, words) => expect(duration(ms)).toBe(words));
});

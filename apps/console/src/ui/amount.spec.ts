import { amountOf } from './amount';

describe('amountOf', () => {
  const settled = { loading: false, outdated: false, error: null };
  const of = (count: number, hasMore: boolean, more: object = {}) =>
    amountOf({ ...settled, items: Array.from({ length: count }), hasMore, ...more }, 'None matches.');

  it.each([
    [0, false, 'None matches.'],
    [1, false, '1 is shown.'],
    [1_200, false, 'All 1,200 are shown.'],
    [0, true, 'Nothing so far; there may be more.'],
    [1, true, 'The first is shown.'],
    [50, true, 'The first 50 are shown.'],
  ])('describes %d items, with more to come: %s', (count, hasMore, words) => expect(of(count, hasMore)).toBe(words));

  it('says nothing certain while the list loads, nor after it failed to', () => {
    expect(of(0, false, { loading: true })).toBe('Loading …');
    expect(of(2, true, { outdated: true })).toBe('Loading …');
    expect(of(0, false, { error: new Error('away') })).toBe('');
    expect(of(2, false, { error: new Error('away') })).toBe('All 2 are shown.');
  });
});

import { AcceptedTokens } from './accepted-tokens';

describe('the tokens that were accepted lately', () => {
  it('are as many as it may remember, those used last', () => {
    const tokens = new AcceptedTokens(2);
    for (const hash of ['a', 'b', 'a', 'c']) tokens.add(hash);
    expect(['a', 'b', 'c'].map((hash) => tokens.has(hash))).toEqual([true, false, true]);
  });

  it('are none of those that were refused since', () => {
    const tokens = new AcceptedTokens(2);
    tokens.add('a');
    tokens.remove('a');
    expect(tokens.has('a')).toBe(false);
  });
});

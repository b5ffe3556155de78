import { AcceptedTokens } from './accepted-tokens';

describe('AcceptedTokens', () => {
  it('remembers only as many tokens as its limit, dropping the least recently used', () => {
    const tokens = new AcceptedTokens(2);
    for (const hash of ['a', 'b', 'a', 'c']) tokens.add(hash);
    expect(['a', 'b', 'c'].map((hash) => tokens.has(hash))).toEqual([true, false, true]);
  });

  it('forgets a token that has been refused since', () => {
    const tokens = new AcceptedTokens(2);
    tokens.add('a');
    tokens.remove('a');
    expect(tokens.has('a')).toBe(false);
  });
});

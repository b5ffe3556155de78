import { percentDecoded } from './percent-decoded';

describe('percentDecoded', () => {
  it.each([
    ['feature%2Fpay%C3%A9', 'feature/payé'],
    ['plain', 'plain'],
    ['100%', '100%'],
    ['%E9', '%E9'],
  ])('turns %p into %p', (text, expected) => {
    expect(percentDecoded(text)).toBe(expected);
  });
});

import { pageWithoutLink } from './page-without-link';

describe('A page without a link', () => {
  it('is followed by what comes after its last name, where it is full', () => {
    expect(pageWithoutLink('n=2', ['a', 'b/c'])).toEqual({ items: ['a', 'b/c'], next: 'n=2&last=b%2Fc' });
    expect(pageWithoutLink('n=2&last=b%2Fc', ['d', 'e'])).toEqual({ items: ['d', 'e'], next: 'n=2&last=e' });
  });

  it.each([
    ['has fewer names than were asked for', 'n=2&last=a', ['b']],
    ['has more', 'n=2', ['a', 'b', 'c']],
    ['has none', 'n=2&last=a', []],
    ['was asked for without a number', 'last=a', ['b', 'c']],
  ])('is the last one where it %s', (_what, query, names) => {
    expect(pageWithoutLink(query, names)).toEqual({ items: names, next: null });
  });

  it('has nothing new where the registry began anew', () => {
    expect(pageWithoutLink('n=2&last=b', ['a', 'b'])).toEqual({ items: [], next: null });
  });
});

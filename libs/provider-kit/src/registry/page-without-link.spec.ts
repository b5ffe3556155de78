import { pageWithoutLink } from './page-without-link';

describe('pageWithoutLink', () => {
  it('continues after the last name of a full page', () => {
    expect(pageWithoutLink('n=2', ['a', 'b/c'])).toEqual({ items: ['a', 'b/c'], next: 'n=2&last=b%2Fc' });
    expect(pageWithoutLink('n=2&last=b%2Fc', ['d', 'e'])).toEqual({ items: ['d', 'e'], next: 'n=2&last=e' });
  });

  it.each([
    ['has fewer names than were requested', 'n=2&last=a', ['b']],
    ['has more names', 'n=2', ['a', 'b', 'c']],
    ['has no names', 'n=2&last=a', []],
    ['was requested without a page size', 'last=a', ['b', 'c']],
  ])('ends the list if a page %s', (_what, query, names) => {
    expect(pageWithoutLink(query, names)).toEqual({ items: names, next: null });
  });

  it('ends the list if the registry starts over', () => {
    expect(pageWithoutLink('n=2&last=b', ['a', 'b'])).toEqual({ items: [], next: null });
  });
});

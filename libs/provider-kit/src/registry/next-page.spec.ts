import { nextQuery } from './next-page';

const ASKED = new URL('https://registry.example:5000/prefix/v2/team/app/tags/list?n=2');
const next = (link: string | undefined) => nextQuery(link, ASKED, 'The registry');

describe('The next page', () => {
  it.each([
    ['relative', '</v2/team/app/tags/list?last=b&n=2>; rel="next"', 'last=b&n=2'],
    ['absolute', '<https://registry.example:5000/v2/team/app/tags/list?n=2&last=b>; rel="next"', 'n=2&last=b'],
    [
      'without its port and by another scheme, as behind a proxy',
      '<http://registry.example/x?last=b>; rel=next',
      'last=b',
    ],
    [
      'with a query of the vendor’s own',
      '</v2/_catalog?last=a%2Fb&n=2&orderby=>; rel="next"',
      'last=a%2Fb&n=2&orderby=',
    ],
    ['without blanks, and with its parameter in capitals', '</v2/x?last=b>;REL="next"', 'last=b'],
    ['opaque', '</v2/x?next_page=gAAAA-Bl%3D%3D&n=2>; rel="next"', 'next_page=gAAAA-Bl%3D%3D&n=2'],
    ['with last twice, as Artifactory has it', '</v2/x?last=a&n=2&last=b>; rel="next"', 'n=2&last=b'],
    ['after another link', '</v2/x?n=2>; rel="prev", </v2/x?last=c&n=2>; title="a, b"; rel="next"', 'last=c&n=2'],
  ])('is found in a link: %s', (_what, link, query) => {
    expect(next(link)).toBe(query);
  });

  it.each([
    ['no link', undefined],
    ['a link to something else', '</v2/x?last=b>; rel="prev"'],
    ['what is no link', 'rel="next"'],
  ])('is none: %s', (_what, link) => {
    expect(next(link)).toBeNull();
  });

  it.each([
    ['another host', '<https://evil.example/v2/x?last=b>; rel="next"'],
    ['another host without a scheme', '<//evil.example/v2/x?last=b>; rel="next"'],
    ['a host that begins alike', '<https://registry.example.evil.example/x?last=b>; rel="next"'],
    ['a user name that looks like the host', '<https://registry.example@evil.example/x?last=b>; rel="next"'],
    ['a password', '<https://a:b@registry.example:5000/x?last=b>; rel="next"'],
  ])('is not read from %s', (_what, link) => {
    expect(() => next(link)).toThrow(expect.objectContaining({ code: 'egress_blocked' }));
  });

  it.each([
    ['the same page', '</prefix/v2/team/app/tags/list?n=2>; rel="next"'],
    ['no page in particular', '</v2/team/app/tags/list>; rel="next"'],
    ['what is no URL', '<https://[>; rel="next"'],
  ])('is refused where the link leads to %s', (_what, link) => {
    expect(() => next(link)).toThrow(expect.objectContaining({ code: 'provider_unavailable', transient: false }));
  });

  it('is soon known, whatever a server sends', () => {
    for (const hostile of [
      '<'.repeat(50_000),
      '<x>;'.repeat(20_000),
      `<x>${';'.repeat(60_000)}`,
      `<x>;${' '.repeat(60_000)}`,
    ]) {
      expect(next(hostile)).toBeNull();
    }
  });
});

import { nextQuery } from './next-page';

const ASKED = new URL('https://registry.example:5000/prefix/v2/team/app/tags/list?n=2');
const next = (link: string | undefined) => nextQuery(link, ASKED, 'The registry');

describe('nextQuery', () => {
  it.each([
    ['relative', '</v2/team/app/tags/list?last=b&n=2>; rel="next"', 'last=b&n=2'],
    ['absolute', '<https://registry.example:5000/v2/team/app/tags/list?n=2&last=b>; rel="next"', 'n=2&last=b'],
    [
      'without its port and with another scheme, as behind a proxy',
      '<http://registry.example/x?last=b>; rel=next',
      'last=b',
    ],
    ['with a vendor’s own query', '</v2/_catalog?last=a%2Fb&n=2&orderby=>; rel="next"', 'last=a%2Fb&n=2&orderby='],
    ['without spaces and with its parameter in capitals', '</v2/x?last=b>;REL="next"', 'last=b'],
    ['opaque', '</v2/x?next_page=gAAAA-Bl%3D%3D&n=2>; rel="next"', 'next_page=gAAAA-Bl%3D%3D&n=2'],
    ['with last twice, as at Artifactory', '</v2/x?last=a&n=2&last=b>; rel="next"', 'n=2&last=b'],
    ['after another link', '</v2/x?n=2>; rel="prev", </v2/x?last=c&n=2>; title="a, b"; rel="next"', 'last=c&n=2'],
  ])('reads a link that is %s', (_what, link, query) => {
    expect(next(link)).toBe(query);
  });

  it.each([
    ['no link', undefined],
    ['a link to something else', '</v2/x?last=b>; rel="prev"'],
    ['a malformed link', 'rel="next"'],
  ])('is null for %s', (_what, link) => {
    expect(next(link)).toBeNull();
  });

  it.each([
    ['another host', '<https://evil.example/v2/x?last=b>; rel="next"'],
    ['another host without a scheme', '<//evil.example/v2/x?last=b>; rel="next"'],
    ['a host that begins alike', '<https://registry.example.evil.example/x?last=b>; rel="next"'],
    ['a user name that looks like the host', '<https://registry.example@evil.example/x?last=b>; rel="next"'],
    ['a password', '<https://a:b@registry.example:5000/x?last=b>; rel="next"'],
  ])('refuses %s', (_what, link) => {
    expect(() => next(link)).toThrow(expect.objectContaining({ code: 'egress_blocked' }));
  });

  it.each([
    ['the same page', '</prefix/v2/team/app/tags/list?n=2>; rel="next"'],
    ['no particular page', '</v2/team/app/tags/list>; rel="next"'],
    ['a malformed URL', '<https://[>; rel="next"'],
  ])('rejects a link to %s', (_what, link) => {
    expect(() => next(link)).toThrow(expect.objectContaining({ code: 'provider_unavailable', transient: false }));
  });

  it('is fast, whatever a server sends', () => {
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

import { returnPath } from './return-path';

describe('the path to return to after sign-in', () => {
  it.each([
    ['/console/', '/console/'],
    ['/console/integrations?q=a%20b&page=2', '/console/integrations?q=a%20b&page=2'],
    ['/console/integrations/7#sign-in=denied', '/console/integrations/7'],
    ['/console/ä?q=ö', '/console/%C3%A4?q=%C3%B6'],
    ['/console/a?next=https://evil.example', '/console/a?next=https://evil.example'],
  ])('may be any page of the console: %s', (wanted, path) => {
    expect(returnPath(wanted)).toBe(path);
  });

  it.each([
    undefined,
    ['/console/a', '/console/b'],
    '',
    'https://evil.example/console/',
    'http://here.invalid.evil.example/console/',
    '//evil.example/console/',
    '/\\evil.example/console/',
    '\\\\evil.example/console/',
    '/\t/evil.example/console/',
    '/console/..//evil.example/',
    '/console/%2e%2e//evil.example/',
    '/console/\\..\\..\\/evil.example',
    'javascript:alert(1)//console/',
    '/api/v1/integrations',
    '/console',
    '/consolevil/',
    `/console/${'x'.repeat(1_000)}`,
    `/console/${'\u{1F600}'.repeat(400)}`,
  ])('falls back to the first page instead of %j', (wanted) => {
    expect(returnPath(wanted)).toBe('/console/');
  });

  it('cannot break out of the header that carries it', () => {
    expect(returnPath('/console/a\r\nset-cookie: b=c')).toBe('/console/aset-cookie:%20b=c');
  });
});

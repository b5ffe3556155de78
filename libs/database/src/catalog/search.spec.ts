import { prefixQuery } from './search';

describe('prefixQuery', () => {
  it.each([
    ['acme', `'acme':*`],
    ['  Acme   git ', `'Acme':* & 'git':*`],
    ['https://api.github.com/v3', `'https':* & 'api':* & 'github':* & 'com':* & 'v3':*`],
    ["o'hara | !x & (y) <-> z:*", `'o':* & 'hara':* & 'x':* & 'y':* & 'z':*`],
    ['\\ \' " :*', ''],
    ['Zoë Zoe\u0308 日本', `'Zoë':* & 'Zoe\u0308':* & '日本':*`],
    ['\u0308', ''],
  ])('turns %j into %j', (text, query) => {
    expect(prefixQuery(text)).toBe(query);
  });
});

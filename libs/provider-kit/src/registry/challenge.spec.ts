import fc from 'fast-check';
import { parseChallenges } from './challenge';

describe('parseChallenges', () => {
  it.each([
    ['Basic realm="x"', [['basic', { realm: 'x' }]]],
    [
      'Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push"',
      [['bearer', { realm: 'https://auth.example/token', service: 'registry', scope: 'repository:a/b:pull,push' }]],
    ],
    [
      'Bearer realm="https://a/v2/token",service="s", Basic realm="Gitea Package API"',
      [
        ['bearer', { realm: 'https://a/v2/token', service: 's' }],
        ['basic', { realm: 'Gitea Package API' }],
      ],
    ],
    [
      'Negotiate, Basic realm=x',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['  ,, bearer   REALM = "a" ,\tError="invalid_token"', [['bearer', { realm: 'a', error: 'invalid_token' }]]],
    ['Basic realm="quo\\"ted, Bearer realm=\\"evil\\""', [['basic', { realm: 'quo"ted, Bearer realm="evil"' }]]],
    ['Bearer realm="first",realm="second"', [['bearer', { realm: 'first' }]]],
    ['Bearer realm=https://a/token?x=1,service=s', [['bearer', { realm: 'https://a/token?x=1', service: 's' }]]],
    ['Basic realm="never ends', [['basic', { realm: '' }]]],
    ['Bearer __proto__="x",realm="a"', [['bearer', { ['__proto__']: 'x', realm: 'a' }]]],
    ['', []],
    [undefined, []],
    ['"just a text"', []],
  ])('parses %s', (header, expected) => {
    const found = parseChallenges(header).map(({ scheme, params }) => [scheme, Object.entries(params)]);
    expect(found).toEqual(expected.map(([scheme, params]) => [scheme, Object.entries(params as object)]));
  });

  it('returns few challenges in short time, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'Basic ,="\\\t=a'), maxLength: 300 }), (header) => {
        expect(parseChallenges(header).length).toBeLessThanOrEqual(10);
      }),
    );
    for (const hostile of ['Basic '.repeat(5_000), 'a="\\'.repeat(5_000), `Bearer realm="${'\\"'.repeat(9_000)}`]) {
      expect(parseChallenges(hostile).length).toBeLessThanOrEqual(10);
    }
  });
});

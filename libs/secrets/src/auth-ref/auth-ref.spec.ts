import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text';
import { AuthRefError, checkPath, parseAuthRef } from './auth-ref';

const LONG = `authref://file/${'a'.repeat(498)}`;

describe('parseAuthRef', () => {
  it.each([
    ['authref://file/key', { store: 'file', path: 'key' }],
    ['authref://file/github/acme/key.pem', { store: 'file', path: 'github/acme/key.pem' }],
    ['authref://local/app#private_key', { store: 'local', path: 'app', key: 'private_key' }],
    ['authref://vault-2/kv/a?version=7', { store: 'vault-2', path: 'kv/a', version: '7' }],
    [
      'authref://aws/a_b+c=d@e-f#k.1?version=AWSCURRENT',
      {
        store: 'aws',
        path: 'a_b+c=d@e-f',
        key: 'k.1',
        version: 'AWSCURRENT',
      },
    ],
    ['authref://file/..data/...', { store: 'file', path: '..data/...' }],
  ])('reads %s', (text, parts) => {
    expect(parseAuthRef(text)).toEqual({ ...parts, canonical: text });
  });

  it.each([
    ['', 'must begin with authref://'],
    ['file/key', 'must begin with authref://'],
    ['http://file/key', 'must begin with authref://'],
    ['AuthRef://file/key', 'must begin with authref://'],
    ['authref:/file/key', 'must begin with authref://'],
    ['authref:file/key', 'must begin with authref://'],
    [' authref://file/key', 'visible ASCII'],
    ['authref://file/key ', 'visible ASCII'],
    ['authref://file/key\n', 'visible ASCII'],
    ['authref://file/k\u0000ey', 'visible ASCII'],
    ['authref://file/k\u007fey', 'visible ASCII'],
    ['authref://file/k\u00e9y', 'visible ASCII'],
    ['authref://f\u0456le/key', 'visible ASCII'],
    ['authref://file\u2215etc/passwd', 'visible ASCII'],
    ['authref://file/\uff0e\uff0e/passwd', 'visible ASCII'],
    ['authref://file/\u202eyek', 'visible ASCII'],
    ['authref://file/\u200b..', 'visible ASCII'],
    ['authref://file/\ud800', 'visible ASCII'],
    ['authref://', 'must have the form'],
    ['authref://file', 'must have the form'],
    ['authref://file#key', 'must have the form'],
    ['authref://file?version=1/a', 'must have the form'],
    ['authref:///key', 'the store must be'],
    ['authref://File/key', 'the store must be'],
    ['authref://9file/key', 'the store must be'],
    ['authref://fi_le/key', 'the store must be'],
    ['authref://file.example.com/key', 'the store must be'],
    ['authref://[::1]/key', 'port'],
    [`authref://${'a'.repeat(33)}/key`, 'the store must be'],
    ['authref://user@file/key', 'user information'],
    ['authref://user:password@file/key', 'user information'],
    ['authref://@file/key', 'user information'],
    ['authref://file:8200/key', 'a port'],
    ['authref://file:/key', 'a port'],
    ['authref://file/', 'empty segment'],
    ['authref://file//key', 'empty segment'],
    ['authref://file/a//b', 'empty segment'],
    ['authref://file/a/', 'empty segment'],
    ['authref://file/..', 'segment . or ..'],
    ['authref://file/../other/key', 'segment . or ..'],
    ['authref://file/a/../../b', 'segment . or ..'],
    ['authref://file/a/..#k', 'segment . or ..'],
    ['authref://file/./key', 'segment . or ..'],
    ['authref://file/a%2fb', 'must not contain %'],
    ['authref://file/%2e%2e/key', 'must not contain %'],
    ['authref://file/%252e', 'must not contain %'],
    ['authref://file/a%00', 'must not contain %'],
    ['authref://file/a\\..\\b', 'the path may contain only'],
    ['authref://file/a;b', 'the path may contain only'],
    ['authref://file/$(id)', 'the path may contain only'],
    ['authref://file/a:b', 'the path may contain only'],
    ['authref://file/~root', 'the path may contain only'],
    ['authref://file/a#', 'the key after #'],
    ['authref://file/a#b#c', 'the key after #'],
    ['authref://file/a#b/c', 'the key after #'],
    [`authref://file/a#${'k'.repeat(129)}`, 'the key after #'],
    ['authref://file/a?', 'after ? only version=<v>'],
    ['authref://file/a?version', 'after ? only version=<v>'],
    ['authref://file/a?version=', 'after ? only version=<v>'],
    ['authref://file/a?Version=1', 'after ? only version=<v>'],
    ['authref://file/a?version=1&version=2', 'after ? only version=<v>'],
    ['authref://file/a?token=x', 'after ? only version=<v>'],
    ['authref://file/a?version=1?version=2', 'after ? only version=<v>'],
    ['authref://file/a?version=1#k', 'the key comes before the version'],
    [`${LONG}`, 'at most 512'],
  ])('refuses %j', (text, message) => {
    expect(() => parseAuthRef(text)).toThrow(AuthRefError);
    expect(() => parseAuthRef(text)).toThrow(message);
  });

  it('accepts 512 characters', () => {
    expect(parseAuthRef(LONG.slice(0, 512)).path).toHaveLength(512 - 'authref://file/'.length);
  });

  it('throws only AuthRefError, and never quotes the reference', () => {
    const nearly = fc
      .array(
        fc.oneof(
          fc.constantFrom('authref://', 'file', 'Secret9', '/', '..', '.', '#', '?', 'version=', '1', '@', ':', '%2f'),
          anyText({ maxLength: 5 }),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(nearly, anyText()), (text) => {
        try {
          expect(parseAuthRef(text).canonical).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AuthRefError);
          expect((error as Error).message).not.toContain('Secret9');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads every valid reference into its parts, and its canonical form into the same parts', () => {
    const text = (pattern: RegExp) => fc.stringMatching(pattern);
    const segment = text(/^[A-Za-z0-9._+=@-]{1,20}$/).filter((part) => part !== '.' && part !== '..');
    const reference = fc.record({
      store: text(/^[a-z][a-z0-9-]{0,31}$/),
      path: fc.array(segment, { minLength: 1, maxLength: 8 }).map((segments) => segments.join('/')),
      key: fc.option(text(/^[A-Za-z0-9._-]{1,40}$/), { nil: undefined }),
      version: fc.option(text(/^[A-Za-z0-9._-]{1,64}$/), { nil: undefined }),
    });
    fc.assert(
      fc.property(reference, ({ store, path, key, version }) => {
        const written = [`authref://${store}/${path}`, key && `#${key}`, version && `?version=${version}`].join('');
        const ref = parseAuthRef(written);
        expect([ref.store, ref.path, ref.key, ref.version]).toEqual([store, path, key, version]);
        expect(parseAuthRef(ref.canonical)).toEqual(ref);
      }),
    );
  });
});

describe('checkPath', () => {
  it.each(['a#b', 'a?version=1', '/a', 'a/', '../a', '', 'a b', 'a%2fb'])('refuses %j', (path) => {
    expect(() => checkPath(path)).toThrow(AuthRefError);
  });
});

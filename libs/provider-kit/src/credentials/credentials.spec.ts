import { ProviderError } from '../provider-error';
import { Secret } from '../secret';
import { basicAuthorization, bearerAuthorization } from './authorization';
import { fingerprintOf, passwordCredential } from './credential';
import { secretCredentials, withCredential, withSecret } from './credentials';

const { signal } = new AbortController();

/** A source whose secret becomes the next of `secrets` when it is forgotten. */
function sourceOf(...secrets: string[]) {
  const reads: string[] = [];
  const resolve = async () => {
    reads.push(secrets[0]!);
    return new Secret(secrets[0]!);
  };
  const forget = () => void (secrets.length > 1 && secrets.shift());
  return { present: secrets.length > 0, reads, resolve, forget };
}

const bearer = (token: string) => ({ kind: 'bearer', token }) as const;
const refusal = (transient = false) => new ProviderError('unauthenticated', 'refused', { transient });

describe('secretCredentials', () => {
  it('resolves the secret once, and again after it was refused', async () => {
    const source = sourceOf('old', 'new');
    const credentials = secretCredentials(source, bearer);
    expect([await credentials.get(signal), await credentials.get(signal)]).toEqual([bearer('old'), bearer('old')]);
    credentials.forget();
    expect(await credentials.get(signal)).toEqual(bearer('new'));
    expect(source.reads).toEqual(['old', 'new']);
  });

  it('are anonymous without a secret', async () => {
    expect(await secretCredentials(sourceOf(), bearer).get(signal)).toBeNull();
  });
});

describe.each([
  [
    'withCredential',
    (source: ReturnType<typeof sourceOf>, use: (secret: string) => Promise<string>) =>
      withCredential(
        secretCredentials(source, bearer),
        (found) => use(found?.kind === 'bearer' ? found.token : ''),
        signal,
      ),
  ],
  [
    'withSecret',
    (source: ReturnType<typeof sourceOf>, use: (secret: string) => Promise<string>) =>
      withSecret(source, (secret) => use(secret.reveal()), signal),
  ],
])('%s', (_, run) => {
  const refusing = (error: ProviderError) => {
    const tried: string[] = [];
    const use = async (secret: string) => {
      tried.push(secret);
      if (secret !== 'new') throw error;
      return secret;
    };
    return { tried, use };
  };

  it('retries once with the renewed secret', async () => {
    const { tried, use } = refusing(refusal());
    expect(await run(sourceOf('old', 'new'), use)).toBe('new');
    expect(tried).toEqual(['old', 'new']);
  });

  it('does not send a refused secret again, which could lock the account', async () => {
    const { tried, use } = refusing(refusal());
    await expect(run(sourceOf('old'), use)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(tried).toEqual(['old']);
  });

  it.each([refusal(true), new ProviderError('permission_missing', 'not allowed')])(
    'does not look for another secret after $code, transient: $transient',
    async (error) => {
      const source = sourceOf('old', 'new');
      await expect(run(source, refusing(error).use)).rejects.toBe(error);
      expect(source.reads).toEqual(['old']);
    },
  );
});

describe('a credential', () => {
  it('is user and password, parted at the first colon', () => {
    expect(passwordCredential(undefined, 'ci:a:b')).toEqual({ kind: 'basic', username: 'ci', password: 'a:b' });
    expect(passwordCredential('ci', 'a:b')).toEqual({ kind: 'basic', username: 'ci', password: 'a:b' });
    for (const secret of ['s3cret', ':s3cret']) {
      expect(() => passwordCredential(undefined, secret)).toThrow('the secret is not user:password');
    }
  });

  it('has a fingerprint that depends on all of it, and reveals nothing', () => {
    const all = [passwordCredential('a', 's3cret'), passwordCredential('b', 's3cret'), bearer('s3cret'), null];
    const fingerprints = [...all, passwordCredential('a', 's3cret2')].map(fingerprintOf);
    expect(new Set(fingerprints).size).toBe(5);
    expect(fingerprints.join()).not.toContain('s3cret');
  });

  it.each([
    ['a colon in the user', () => basicAuthorization('a:b', 's3cret')],
    ['a line break in the user', () => basicAuthorization('a\n', 's3cret')],
    ['a line break in the password', () => basicAuthorization('a', 's3cret\n')],
    ['a line break in the token', () => bearerAuthorization('s3cret\nx')],
    ['no token', () => bearerAuthorization('')],
  ])('is not sent, and not quoted, with %s', (_, authorization) => {
    expect(authorization).toThrow(ProviderError);
    expect(authorization).not.toThrow('s3cret');
  });
});

import { inspect } from 'node:util';
import { parseAuthRef } from '../../auth-ref/auth-ref';
import { type FakeAnswer, FakeService, TokenDirectory } from '../__fixtures__/fake-service';
import { FakeVault } from '../__fixtures__/fake-vault';
import type { SecretStoreError } from '../secret-store';
import { TokenFile } from '../token-file';
import type { VaultAuth } from './vault-login';
import { VaultStore, type VaultStoreOptions } from './vault-store';

const NEVER = new AbortController().signal;
const TOKEN = 'hvs.token-of-the-agent';

let vault: FakeVault;
let files: TokenDirectory;
let hidden: string[];

beforeEach(async () => {
  vault = await FakeVault.start();
  files = new TokenDirectory();
  hidden = [];
});

afterEach(async () => {
  await vault[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

function tokenFile(name: string, setting: string): TokenFile {
  return new TokenFile(files.path(name), setting, (token) => hidden.push(token));
}

function tokenAuth(): VaultAuth {
  vault.addToken(TOKEN);
  files.write('token', `${TOKEN}\n`);
  return { method: 'token', tokenFile: tokenFile('token', 'VAULT_TOKEN_FILE') };
}

function appRoleAuth(): VaultAuth {
  files.write('secret-id', vault.secretId);
  const secretIdFile = tokenFile('secret-id', 'VAULT_SECRET_ID_FILE');
  return { method: 'approle', mount: 'approle', roleId: 'role', secretIdFile };
}

function serviceAccountAuth(): VaultAuth {
  files.write('jwt', vault.jwt);
  return {
    method: 'kubernetes',
    mount: 'kubernetes',
    role: 'integrations',
    jwtFile: tokenFile('jwt', 'VAULT_JWT_FILE'),
  };
}

function storeOf(auth: VaultAuth, options: Partial<VaultStoreOptions> = {}) {
  const store = new VaultStore({
    egress: vault.service.egress,
    address: vault.service.origin,
    auth,
    mount: 'secret',
    kvVersion: 2,
    pathPrefix: 'integrations/{tenant}/',
    clock: { now: () => vault.now },
    hide: (token) => hidden.push(token),
    ...options,
  });
  const read = async (authRef: string, tenantId = 'acme', signal = NEVER) =>
    store.read({ tenantId, ref: parseAuthRef(authRef) }, signal);
  const reveal = async (authRef: string, tenantId?: string) => (await read(authRef, tenantId)).reveal();
  const failure = async (authRef: string, tenantId?: string) =>
    read(authRef, tenantId).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: SecretStoreError) => error,
    );
  return { store, read, reveal, failure };
}

describe('VaultStore', () => {
  beforeEach(() => {
    vault.kv2.set('integrations/acme/github', [{ data: { value: 'first' } }, { data: { value: 'second', pem: 'P' } }]);
  });

  describe('reading', () => {
    it("reads the secret and its version from KV 2, below the tenant's prefix", async () => {
      const secret = await storeOf(tokenAuth()).read('authref://vault/github');
      expect([secret.reveal(), secret.version, secret.expiresAt]).toEqual(['second', '2', null]);
      expect(vault.service.requestLines.at(-1)).toBe('GET /v1/secret/data/integrations/acme/github');
    });

    it('reads an older version, and takes a scheduled deletion as the expiry', async () => {
      vault.kv2.set('integrations/acme/old', [{ data: { value: 'v1' }, deletionTime: '2026-03-01T00:00:00.5Z' }]);
      const { reveal, read } = storeOf(tokenAuth());
      expect(await reveal('authref://vault/github?version=1')).toBe('first');
      expect((await read('authref://vault/old')).expiresAt).toEqual(new Date('2026-03-01T00:00:00.5Z'));
    });

    it('reads KV 1, where the end of a lease is the expiry, and denies versions', async () => {
      vault.kv1.set('integrations/acme/github', { value: 'only' });
      vault.kv1Lease.lease_id = 'kv1/integrations/acme/github/J7tP';
      const { read, failure } = storeOf(tokenAuth(), { mount: 'kv1', kvVersion: 1 });
      const secret = await read('authref://vault/github');
      expect([secret.reveal(), secret.version]).toEqual(['only', null]);
      expect(secret.expiresAt).toEqual(new Date(vault.now + 2_764_800_000));
      expect((await failure('authref://vault/github?version=1')).code).toBe('denied');
    });

    it.each([2_764_800, 3_600])(
      "does not take a lease_duration of %d s without a lease, KV 1's refresh interval, as the expiry",
      async (seconds) => {
        vault.kv1.set('integrations/acme/github', { value: 'only', ttl: `${seconds}s` });
        vault.kv1Lease.lease_duration = seconds;
        const { read } = storeOf(tokenAuth(), { mount: 'kv1', kvVersion: 1 });
        expect((await read('authref://vault/github')).expiresAt).toBeNull();
      },
    );

    it('picks the field named after #, or "value", or the only field', async () => {
      vault.kv2.set('integrations/acme/one', [{ data: { password: 'lonely\n' } }]);
      vault.kv2.set('integrations/acme/two', [{ data: { a: '1', b: 2 } }]);
      const { reveal, failure } = storeOf(tokenAuth());
      expect(await reveal('authref://vault/github#pem')).toBe('P');
      expect(await reveal('authref://vault/github')).toBe('second');
      expect(await reveal('authref://vault/one')).toBe('lonely');
      for (const which of ['', '#b', '#c', '#toString', '#__proto__']) {
        expect((await failure(`authref://vault/two${which}`)).code).toBe('not_found');
      }
    });

    it('sends the namespace with every request, including the login', async () => {
      await storeOf(appRoleAuth(), { namespace: 'team/a' }).read('authref://vault/github');
      expect(vault.service.requests.map(({ headers }) => headers['x-vault-namespace'])).toEqual(['team/a', 'team/a']);
    });
  });

  describe('the path', () => {
    it.each([
      ['secret/data/integrations/acme/github', 'authref://vault/secret/data/integrations/acme/github', 'beta'],
      ['the path of another tenant', 'authref://vault/acme/github', 'beta'],
      ['the mount of another engine', 'authref://vault/data/integrations/acme/github', 'b'],
      ['a prefix of the name', 'authref://vault/github', 'acm'],
    ])("never leaves the tenant's prefix: %s", async (_, authRef, tenantId) => {
      expect((await storeOf(tokenAuth()).failure(authRef, tenantId)).code).toBe('not_found');
      expect(vault.service.requestLines.at(-1)).toMatch(`GET /v1/secret/data/integrations/${tenantId}/`);
    });

    it.each([
      '../acme/github',
      'a/../../acme/github',
      '.',
      'x/./y',
      '',
      '/acme',
      'a//b',
      'a%2f..%2facme',
      'a?b',
      'a\\..',
      'a\n',
    ])('denies %j without a request, even in a reference that skipped parseAuthRef', async (path) => {
      const { store } = storeOf(tokenAuth());
      const ref = { store: 'vault', path, canonical: 'authref://vault/x' };
      await expect(store.read({ tenantId: 'beta', ref }, NEVER)).rejects.toMatchObject({ code: 'denied' });
      expect(vault.service.requests).toEqual([]);
    });

    it.each(['', '..', 'a/b', '{tenant}', 'A', '*'])('denies the tenant %j', async (tenantId) => {
      expect((await storeOf(tokenAuth()).failure('authref://vault/github', tenantId)).code).toBe('denied');
      expect(vault.service.requests).toEqual([]);
    });

    it('encodes characters that have a meaning in a URL', async () => {
      vault.kv2.set('integrations/acme/a+b@c=d', [{ data: { value: 'odd' } }]);
      expect(await storeOf(tokenAuth()).reveal('authref://vault/a+b@c=d')).toBe('odd');
    });

    it.each(['latest', '0', '-1', '1e3', '99999999999'])('finds no secret of the version %s', async (version) => {
      expect((await storeOf(tokenAuth()).failure(`authref://vault/github?version=${version}`)).code).toBe('not_found');
    });
  });

  describe('the login', () => {
    it.each([
      ['AppRole', appRoleAuth],
      ['a service account', serviceAccountAuth],
    ])('happens once for many concurrent callers: %s', async (_, auth) => {
      const { reveal } = storeOf(auth());
      const all = await Promise.all(Array.from({ length: 30 }, () => reveal('authref://vault/github')));
      expect(new Set(all)).toEqual(new Set(['second']));
      expect(vault.logins).toBe(1);
      expect(hidden).toContain('hvs.login-1');
    });

    it('is renewed once for all callers after two thirds of its TTL', async () => {
      const { reveal } = storeOf(appRoleAuth());
      await reveal('authref://vault/github');
      vault.now += 2_399_000;
      await reveal('authref://vault/github');
      expect(vault.service.requestLines).not.toContain('POST /v1/auth/token/renew-self');
      vault.now += 1_000;
      await Promise.all([reveal('authref://vault/github'), reveal('authref://vault/github#pem')]);
      expect(vault.service.requestLines.filter((line) => line.endsWith('renew-self'))).toHaveLength(1);
      vault.now += 2_000_000; // beyond the first login, within its renewal
      await reveal('authref://vault/github');
      expect(vault.logins).toBe(1);
    });

    it('is repeated when the token nears its maximum TTL, cannot be renewed or has expired', async () => {
      const { reveal } = storeOf(appRoleAuth());
      await reveal('authref://vault/github');
      vault.renewedTtl = 60;
      vault.renewable = false;
      vault.now += 2_400_000;
      expect(await reveal('authref://vault/github')).toBe('second');
      expect(vault.logins).toBe(2);
      vault.now += 2_400_000;
      expect(await reveal('authref://vault/github')).toBe('second');
      expect(vault.logins).toBe(3);
      vault.now += 1e9;
      expect(await reveal('authref://vault/github')).toBe('second');
      expect(vault.logins).toBe(4);
    });

    it('is repeated once for all callers when the token was revoked', async () => {
      const { reveal } = storeOf(appRoleAuth());
      await reveal('authref://vault/github');
      vault.revokeAll();
      const all = await Promise.all(Array.from({ length: 10 }, () => reveal('authref://vault/github')));
      expect(new Set(all)).toEqual(new Set(['second']));
      expect(vault.logins).toBe(2);
    });

    it('is not repeated for a path that the policy denies', async () => {
      vault.kv2.set('elsewhere/acme/github', [{ data: { value: 'x' } }]);
      const { failure } = storeOf(appRoleAuth(), { pathPrefix: 'elsewhere/{tenant}/' });
      for (let i = 0; i < 3; i += 1) expect((await failure('authref://vault/github')).code).toBe('denied');
      expect(vault.logins).toBe(1);
    });

    it('is repeated only once where the policy denies even the token look-up', async () => {
      vault.lookupAllowed = false;
      const { failure } = storeOf(appRoleAuth(), { pathPrefix: 'elsewhere/{tenant}/' });
      expect((await failure('authref://vault/github')).code).toBe('denied');
      expect(vault.logins).toBe(2);
    });

    it('stays in use while renewals fail, until the token expires', async () => {
      const { reveal, failure } = storeOf(appRoleAuth());
      await reveal('authref://vault/github');
      vault.renewable = false;
      vault.tokens.get('hvs.login-1')!.renewable = false;
      files.write('secret-id', 'no-longer-valid');
      vault.now += 2_400_000;
      await reveal('authref://vault/github');
      await reveal('authref://vault/github');
      expect(vault.logins).toBe(2);
      vault.now += 1_200_000;
      expect(await failure('authref://vault/github')).toMatchObject({ code: 'unavailable' });
    });

    it('is retried five seconds after a failure, with what the file then holds', async () => {
      const auth = appRoleAuth();
      files.write('secret-id', 'wrong');
      const { failure, reveal } = storeOf(auth);
      const errors = await Promise.all([failure('authref://vault/github'), failure('authref://vault/github#pem')]);
      errors.push(await failure('authref://vault/other'));
      expect(errors.map(({ message }) => message)).toEqual(Array(3).fill('the vault refuses our login (400)'));
      expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('unavailable'));
      expect(vault.logins).toBe(1);
      files.write('secret-id', vault.secretId);
      vault.now += 5_000;
      expect(await reveal('authref://vault/github')).toBe('second');
    });

    it('uses the token that an agent wrote after the last one was revoked', async () => {
      const { reveal } = storeOf(tokenAuth());
      await reveal('authref://vault/github');
      vault.revokeAll();
      vault.addToken('hvs.second-token');
      files.write('token', 'hvs.second-token');
      expect(await reveal('authref://vault/github')).toBe('second');
      expect(hidden).toEqual(expect.arrayContaining([TOKEN, 'hvs.second-token']));
    });

    it.each([
      ['was revoked', async ({ reveal }: ReturnType<typeof storeOf>) => void (await reveal('authref://vault/github'))],
      ['was never valid', async () => undefined],
    ])('is unavailable, not denied, while the file holds a token that %s', async (_, begin) => {
      const opened = storeOf(tokenAuth());
      await begin(opened);
      vault.revokeAll();
      const { reveal, failure } = opened;
      for (let i = 0; i < 2; i += 1) {
        vault.service.requests.length = 0;
        expect(await failure('authref://vault/github')).toMatchObject({
          code: 'unavailable',
          message: 'the vault refuses our token (403)',
        });
      }
      // The read, and the check whether the token is still valid.
      expect(vault.service.requests).toHaveLength(2);
      vault.addToken('hvs.second-token');
      files.write('token', 'hvs.second-token');
      expect(await reveal('authref://vault/github')).toBe('second');
    });

    it('works with a token whose policy denies the token look-up', async () => {
      vault.lookupAllowed = false;
      expect(await storeOf(tokenAuth()).reveal('authref://vault/github')).toBe('second');
    });
  });

  describe('failing', () => {
    it('reports a missing secret, a missing version and a deleted version as not_found', async () => {
      const { failure } = storeOf(tokenAuth());
      vault.kv2.set('integrations/acme/deleted', [{ data: null, deletionTime: '2025-01-01T00:00:00Z' }]);
      expect((await failure('authref://vault/nothing')).code).toBe('not_found');
      expect((await failure('authref://vault/github?version=9')).code).toBe('not_found');
      expect((await failure('authref://vault/deleted')).code).toBe('not_found');
    });

    it.each<[string, FakeAnswer]>([
      ['a sealed vault', { status: 503, body: { errors: ['Vault is sealed'] } }],
      ['an exceeded quota', { status: 429, body: { errors: ['request path: rate limit quota exceeded'] } }],
      ['an internal error', { status: 500, body: { errors: ['internal error'] } }],
      ['the 404 of a missing engine', { status: 404, body: { errors: ['no handler for route "secret/data/x"'] } }],
      [
        'the answer of a KV 2 engine that is configured as KV 1',
        { status: 404, body: { data: null, warnings: ['Invalid path'] } },
      ],
      ["a proxy's 404", { status: 404, body: '<html>default backend</html>' }],
      ["a proxy's 403", { status: 403, body: { message: 'no route' } }],
      ['a page instead of JSON', { status: 200, body: '<html>hunter2</html>' }],
      ['JSON without data', { status: 200, body: { data: null } }],
      ['a list', { status: 200, body: [{ data: 1 }] }],
      ['something too large', { status: 200, body: 'x'.repeat(11 * 1024 * 1024) }],
      ['no answer', { hangs: true }],
      ['a redirect loop', { status: 302, headers: { location: '/v1/again' } }],
    ])('is unavailable when it gets %s', async (_, answer) => {
      const { store, read, failure } = storeOf(tokenAuth());
      await read('authref://vault/github');
      vault.service.handle = () => answer;
      vault.service.isPatient = !answer.hangs;
      expect(await failure('authref://vault/github')).toMatchObject({ code: 'unavailable' });
      expect(store.isAvailable()).toEqual({ available: true });
    });

    it('is unavailable when nothing listens, when the address is not allowed, and without its CA file', async () => {
      const { failure } = storeOf(tokenAuth(), { address: 'http://10.0.0.1' });
      expect(await failure('authref://vault/github')).toMatchObject({
        code: 'unavailable',
        message: 'the vault cannot be reached (egress_blocked)',
      });
      const withoutCa = storeOf(tokenAuth(), { caFile: files.path('ca') });
      expect((await withoutCa.failure('authref://vault/github')).message).toBe(
        'the vault has a CA file that cannot be read (ENOENT)',
      );
      const stopped = storeOf(tokenAuth());
      await vault.service.stop();
      expect((await stopped.failure('authref://vault/github')).message).toBe('the vault cannot be reached (network)');
    });

    it('names the setting of a file that it cannot read, and not the path', async () => {
      const { store, failure } = storeOf({ method: 'token', tokenFile: tokenFile('nowhere', 'VAULT_TOKEN_FILE') });
      const reason = 'the file of VAULT_TOKEN_FILE cannot be read (ENOENT)';
      expect(store.isAvailable()).toEqual({ available: false, reason });
      expect(await failure('authref://vault/github')).toMatchObject({ code: 'unavailable', message: reason });
      files.write('nowhere', 'two words\r\nX-Injected: 1');
      expect(
        (await storeOf({ method: 'token', tokenFile: tokenFile('nowhere', 'V') }).failure('authref://vault/github'))
          .message,
      ).toBe('the file of V contains no token');
    });

    it('refuses an empty secret and one of more than 64 KiB', async () => {
      vault.kv2.set('integrations/acme/large', [{ data: { value: 'ä'.repeat(32_769), none: '' } }]);
      const { failure } = storeOf(tokenAuth());
      expect((await failure('authref://vault/large')).code).toBe('denied');
      expect((await failure('authref://vault/large#none')).code).toBe('not_found');
    });

    it('never sends its token to another host, whatever the redirect', async () => {
      await using elsewhere = await FakeService.start(() => ({ body: { data: { data: { value: 'stolen' } } } }));
      const { read, failure } = storeOf(tokenAuth());
      await read('authref://vault/github');
      for (const status of [301, 302, 303, 307, 308]) {
        vault.service.handle = () => ({ status, headers: { location: `${elsewhere.origin}/v1/secret` } });
        expect((await failure('authref://vault/github')).message).toBe('the vault cannot be reached (egress_blocked)');
      }
      expect(elsewhere.requests).toEqual([]);
    });

    it('shows no token and no secret in any error', async () => {
      const { read, failure } = storeOf(appRoleAuth());
      await read('authref://vault/github');
      const answers = [
        { status: 200, body: '{"data": {"data": {"value": "hunter2hunter2"' },
        { status: 200, body: { data: { data: { a: 'hunter2hunter2', b: 'hunter2hunter2' } } } },
        { status: 403, body: { errors: ['hvs.login-1 hunter2hunter2'] } },
        { status: 500, body: 'hunter2hunter2' },
        { status: 302, headers: { location: 'http://hunter2hunter2.example/' } },
        { hangs: true },
      ];
      for (const answer of answers) {
        vault.service.handle = () => answer;
        vault.service.isPatient = !answer.hangs;
        const error = await failure('authref://vault/github');
        const shown = `${inspect(error, { depth: 9, showHidden: true })}${error.stack}`;
        expect(shown).not.toMatch(/hvs\.|s3cret/);
        if (!answer.headers) expect(shown).not.toContain('hunter2');
      }
    });

    it('stops when the signal aborts, before or during a request', async () => {
      const { read } = storeOf(appRoleAuth());
      const reason = new Error('given up');
      await expect(read('authref://vault/github', 'acme', AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(vault.service.requests).toEqual([]);
      const controller = new AbortController();
      vault.service.handle = () => {
        setImmediate(() => controller.abort(reason));
        return { hangs: true };
      };
      await expect(read('authref://vault/github', 'acme', controller.signal)).rejects.toBe(reason);
    });

    it('finishes the login for the other callers when one gives up', async () => {
      const { read, reveal } = storeOf(appRoleAuth());
      const controller = new AbortController();
      const first = read('authref://vault/github', 'acme', controller.signal);
      const second = reveal('authref://vault/github');
      controller.abort(new Error('given up'));
      await expect(first).rejects.toThrow('given up');
      expect(await second).toBe('second');
      expect(vault.logins).toBe(1);
    });
  });
});

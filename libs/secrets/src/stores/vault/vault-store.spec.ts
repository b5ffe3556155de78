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

function byToken(): VaultAuth {
  vault.addToken(TOKEN);
  files.write('token', `${TOKEN}\n`);
  return { method: 'token', tokenFile: tokenFile('token', 'VAULT_TOKEN_FILE') };
}

function byAppRole(): VaultAuth {
  files.write('secret-id', vault.secretId);
  const secretIdFile = tokenFile('secret-id', 'VAULT_SECRET_ID_FILE');
  return { method: 'approle', mount: 'approle', roleId: 'role', secretIdFile };
}

function byServiceAccount(): VaultAuth {
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
    it('reads KV 2 below the prefix of the tenant, with its version', async () => {
      const secret = await storeOf(byToken()).read('authref://vault/github');
      expect([secret.reveal(), secret.version, secret.expiresAt]).toEqual(['second', '2', null]);
      expect(vault.service.asked.at(-1)).toBe('GET /v1/secret/data/integrations/acme/github');
    });

    it('reads an older version, and what was scheduled for deletion with that as its expiry', async () => {
      vault.kv2.set('integrations/acme/old', [{ data: { value: 'v1' }, deletionTime: '2026-03-01T00:00:00.5Z' }]);
      const { reveal, read } = storeOf(byToken());
      expect(await reveal('authref://vault/github?version=1')).toBe('first');
      expect((await read('authref://vault/old')).expiresAt).toEqual(new Date('2026-03-01T00:00:00.5Z'));
    });

    it('reads KV 1, where a lease is the expiry, and no versions of it', async () => {
      vault.kv1.set('integrations/acme/github', { value: 'only' });
      vault.kv1Lease.lease_id = 'kv1/integrations/acme/github/J7tP';
      const { read, failure } = storeOf(byToken(), { mount: 'kv1', kvVersion: 1 });
      const secret = await read('authref://vault/github');
      expect([secret.reveal(), secret.version]).toEqual(['only', null]);
      expect(secret.expiresAt).toEqual(new Date(vault.now + 2_764_800_000));
      expect((await failure('authref://vault/github?version=1')).code).toBe('denied');
    });

    it.each([2_764_800, 3_600])(
      'takes %d s until KV 1 would be looked at again for no end of the secret',
      async (seconds) => {
        vault.kv1.set('integrations/acme/github', { value: 'only', ttl: `${seconds}s` });
        vault.kv1Lease.lease_duration = seconds;
        const { read } = storeOf(byToken(), { mount: 'kv1', kvVersion: 1 });
        expect((await read('authref://vault/github')).expiresAt).toBeNull();
      },
    );

    it('picks the field named after #, else "value", else the only one', async () => {
      vault.kv2.set('integrations/acme/one', [{ data: { password: 'lonely\n' } }]);
      vault.kv2.set('integrations/acme/two', [{ data: { a: '1', b: 2 } }]);
      const { reveal, failure } = storeOf(byToken());
      expect(await reveal('authref://vault/github#pem')).toBe('P');
      expect(await reveal('authref://vault/github')).toBe('second');
      expect(await reveal('authref://vault/one')).toBe('lonely');
      for (const which of ['', '#b', '#c', '#toString', '#__proto__']) {
        expect((await failure(`authref://vault/two${which}`)).code).toBe('not_found');
      }
    });

    it('sends the namespace with every request, the login included', async () => {
      await storeOf(byAppRole(), { namespace: 'team/a' }).read('authref://vault/github');
      expect(vault.service.requests.map(({ headers }) => headers['x-vault-namespace'])).toEqual(['team/a', 'team/a']);
    });
  });

  describe('the path', () => {
    it.each([
      ['secret/data/integrations/acme/github', 'authref://vault/secret/data/integrations/acme/github', 'beta'],
      ['the path of another tenant', 'authref://vault/acme/github', 'beta'],
      ['the mount of another engine', 'authref://vault/data/integrations/acme/github', 'b'],
      ['a prefix of the name', 'authref://vault/github', 'acm'],
    ])('keeps a tenant to its own: %s', async (_, authRef, tenantId) => {
      expect((await storeOf(byToken()).failure(authRef, tenantId)).code).toBe('not_found');
      expect(vault.service.asked.at(-1)).toMatch(`GET /v1/secret/data/integrations/${tenantId}/`);
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
    ])('refuses %j even from a reference that nobody parsed, without asking', async (path) => {
      const { store } = storeOf(byToken());
      const ref = { store: 'vault', path, canonical: 'authref://vault/x' };
      await expect(store.read({ tenantId: 'beta', ref }, NEVER)).rejects.toMatchObject({ code: 'denied' });
      expect(vault.service.requests).toEqual([]);
    });

    it.each(['', '..', 'a/b', '{tenant}', 'A', '*'])('refuses the tenant %j', async (tenantId) => {
      expect((await storeOf(byToken()).failure('authref://vault/github', tenantId)).code).toBe('denied');
      expect(vault.service.requests).toEqual([]);
    });

    it('encodes what means something else in a URL', async () => {
      vault.kv2.set('integrations/acme/a+b@c=d', [{ data: { value: 'odd' } }]);
      expect(await storeOf(byToken()).reveal('authref://vault/a+b@c=d')).toBe('odd');
    });

    it.each(['latest', '0', '-1', '1e3', '99999999999'])('refuses the version %s', async (version) => {
      expect((await storeOf(byToken()).failure(`authref://vault/github?version=${version}`)).code).toBe('not_found');
    });
  });

  describe('the login', () => {
    it.each([
      ['AppRole', byAppRole],
      ['a service account', byServiceAccount],
    ])('happens once for many who ask at the same time: %s', async (_, auth) => {
      const { reveal } = storeOf(auth());
      const all = await Promise.all(Array.from({ length: 30 }, () => reveal('authref://vault/github')));
      expect(new Set(all)).toEqual(new Set(['second']));
      expect(vault.logins).toBe(1);
      expect(hidden).toContain('hvs.login-1');
    });

    it('is renewed, once for all, when two thirds of its time are over', async () => {
      const { reveal } = storeOf(byAppRole());
      await reveal('authref://vault/github');
      vault.now += 2_399_000;
      await reveal('authref://vault/github');
      expect(vault.service.asked).not.toContain('POST /v1/auth/token/renew-self');
      vault.now += 1_000;
      await Promise.all([reveal('authref://vault/github'), reveal('authref://vault/github#pem')]);
      expect(vault.service.asked.filter((asked) => asked.endsWith('renew-self'))).toHaveLength(1);
      vault.now += 2_000_000; // beyond the first login, within its renewal
      await reveal('authref://vault/github');
      expect(vault.logins).toBe(1);
    });

    it('is repeated when it nears its maximum, cannot be renewed, or has run out', async () => {
      const { reveal } = storeOf(byAppRole());
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

    it('is repeated once, for all, when the token has died', async () => {
      const { reveal } = storeOf(byAppRole());
      await reveal('authref://vault/github');
      vault.revokeAll();
      const all = await Promise.all(Array.from({ length: 10 }, () => reveal('authref://vault/github')));
      expect(new Set(all)).toEqual(new Set(['second']));
      expect(vault.logins).toBe(2);
    });

    it('is not repeated for a path that the policy denies', async () => {
      vault.kv2.set('elsewhere/acme/github', [{ data: { value: 'x' } }]);
      const { failure } = storeOf(byAppRole(), { pathPrefix: 'elsewhere/{tenant}/' });
      for (let i = 0; i < 3; i += 1) expect((await failure('authref://vault/github')).code).toBe('denied');
      expect(vault.logins).toBe(1);
    });

    it('is repeated no more than once where not even looking at the token is allowed', async () => {
      vault.lookupAllowed = false;
      const { failure } = storeOf(byAppRole(), { pathPrefix: 'elsewhere/{tenant}/' });
      expect((await failure('authref://vault/github')).code).toBe('denied');
      expect(vault.logins).toBe(2);
    });

    it('serves on while a renewal fails, until the token ends', async () => {
      const { reveal, failure } = storeOf(byAppRole());
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

    it('that failed is not tried again at once, then with what the file holds by then', async () => {
      const auth = byAppRole();
      files.write('secret-id', 'wrong');
      const { failure, reveal } = storeOf(auth);
      const errors = await Promise.all([failure('authref://vault/github'), failure('authref://vault/github#pem')]);
      errors.push(await failure('authref://vault/other'));
      expect(errors.map(({ message }) => message)).toEqual(Array(3).fill('the vault does not let us log in (400)'));
      expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('unavailable'));
      expect(vault.logins).toBe(1);
      files.write('secret-id', vault.secretId);
      vault.now += 5_000;
      expect(await reveal('authref://vault/github')).toBe('second');
    });

    it('takes the token that an agent has written since the last one died', async () => {
      const { reveal } = storeOf(byToken());
      await reveal('authref://vault/github');
      vault.revokeAll();
      vault.addToken('hvs.second-token');
      files.write('token', 'hvs.second-token');
      expect(await reveal('authref://vault/github')).toBe('second');
      expect(hidden).toEqual(expect.arrayContaining([TOKEN, 'hvs.second-token']));
    });

    it.each([
      ['has ended', async ({ reveal }: ReturnType<typeof storeOf>) => void (await reveal('authref://vault/github'))],
      ['was never good', async () => undefined],
    ])('is an outage while the file holds a token that %s, for nothing is known of the secret', async (_, begin) => {
      const opened = storeOf(byToken());
      await begin(opened);
      vault.revokeAll();
      const { reveal, failure } = opened;
      for (let i = 0; i < 2; i += 1) {
        vault.service.requests.length = 0;
        expect(await failure('authref://vault/github')).toMatchObject({
          code: 'unavailable',
          message: 'the vault does not accept our token (403)',
        });
      }
      // The read, and the check whether the token is still valid.
      expect(vault.service.requests).toHaveLength(2);
      vault.addToken('hvs.second-token');
      files.write('token', 'hvs.second-token');
      expect(await reveal('authref://vault/github')).toBe('second');
    });

    it('does without the look at a token whose policy denies it', async () => {
      vault.lookupAllowed = false;
      expect(await storeOf(byToken()).reveal('authref://vault/github')).toBe('second');
    });
  });

  describe('failing', () => {
    it('tells what is not there from what was denied', async () => {
      const { failure } = storeOf(byToken());
      vault.kv2.set('integrations/acme/deleted', [{ data: null, deletionTime: '2025-01-01T00:00:00Z' }]);
      expect((await failure('authref://vault/nothing')).code).toBe('not_found');
      expect((await failure('authref://vault/github?version=9')).code).toBe('not_found');
      expect((await failure('authref://vault/deleted')).code).toBe('not_found');
    });

    it.each<[string, FakeAnswer]>([
      ['a sealed vault', { status: 503, body: { errors: ['Vault is sealed'] } }],
      ['a quota', { status: 429, body: { errors: ['request path: rate limit quota exceeded'] } }],
      ['a fault', { status: 500, body: { errors: ['internal error'] } }],
      [
        'no engine, or none in the namespace',
        { status: 404, body: { errors: ['no handler for route "secret/data/x"'] } },
      ],
      ['an engine of KV 2 asked as one of KV 1', { status: 404, body: { data: null, warnings: ['Invalid path'] } }],
      ["a proxy's 404", { status: 404, body: '<html>default backend</html>' }],
      ["a proxy's 403", { status: 403, body: { message: 'no route' } }],
      ['a page instead of JSON', { status: 200, body: '<html>hunter2</html>' }],
      ['JSON without data', { status: 200, body: { data: null } }],
      ['a list', { status: 200, body: [{ data: 1 }] }],
      ['something too large', { status: 200, body: 'x'.repeat(11 * 1024 * 1024) }],
      ['silence', { hangs: true }],
      ['a redirect in circles', { status: 302, headers: { location: '/v1/again' } }],
    ])('is unavailable and not an answer: %s', async (_, answer) => {
      const { store, read, failure } = storeOf(byToken());
      await read('authref://vault/github');
      vault.service.handle = () => answer;
      vault.service.isWaitedFor = !answer.hangs;
      expect(await failure('authref://vault/github')).toMatchObject({ code: 'unavailable' });
      expect(store.isAvailable()).toEqual({ available: true });
    });

    it('is unavailable when nobody listens, while the address is not allowed, and without its CA file', async () => {
      const { failure } = storeOf(byToken(), { address: 'http://10.0.0.1' });
      expect(await failure('authref://vault/github')).toMatchObject({
        code: 'unavailable',
        message: 'the vault cannot be reached (egress_blocked)',
      });
      const without = storeOf(byToken(), { caFile: files.path('ca') });
      expect((await without.failure('authref://vault/github')).message).toBe(
        'the vault has a CA file that cannot be read (ENOENT)',
      );
      const closed = storeOf(byToken());
      await vault.service.stop();
      expect((await closed.failure('authref://vault/github')).message).toBe('the vault cannot be reached (network)');
    });

    it('says which file it cannot read, and not where that is', async () => {
      const { store, failure } = storeOf({ method: 'token', tokenFile: tokenFile('nowhere', 'VAULT_TOKEN_FILE') });
      const reason = 'the file of VAULT_TOKEN_FILE cannot be read (ENOENT)';
      expect(store.isAvailable()).toEqual({ available: false, reason });
      expect(await failure('authref://vault/github')).toMatchObject({ code: 'unavailable', message: reason });
      files.write('nowhere', 'two words\r\nX-Injected: 1');
      expect(
        (await storeOf({ method: 'token', tokenFile: tokenFile('nowhere', 'V') }).failure('authref://vault/github'))
          .message,
      ).toBe('the file of V holds no token');
    });

    it('refuses an empty secret and one of more than 64 KiB', async () => {
      vault.kv2.set('integrations/acme/large', [{ data: { value: 'ä'.repeat(32_769), none: '' } }]);
      const { failure } = storeOf(byToken());
      expect((await failure('authref://vault/large')).code).toBe('denied');
      expect((await failure('authref://vault/large#none')).code).toBe('not_found');
    });

    it('never takes its token to another host, however it is sent there', async () => {
      await using elsewhere = await FakeService.start(() => ({ body: { data: { data: { value: 'stolen' } } } }));
      const { read, failure } = storeOf(byToken());
      await read('authref://vault/github');
      for (const status of [301, 302, 303, 307, 308]) {
        vault.service.handle = () => ({ status, headers: { location: `${elsewhere.origin}/v1/secret` } });
        expect((await failure('authref://vault/github')).message).toBe('the vault cannot be reached (egress_blocked)');
      }
      expect(elsewhere.requests).toEqual([]);
    });

    it('shows no token and no secret in any error', async () => {
      const { read, failure } = storeOf(byAppRole());
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
        vault.service.isWaitedFor = !answer.hangs;
        const error = await failure('authref://vault/github');
        const shown = `${inspect(error, { depth: 9, showHidden: true })}${error.stack}`;
        expect(shown).not.toMatch(/hvs\.|s3cret/);
        if (!answer.headers) expect(shown).not.toContain('hunter2');
      }
    });

    it('ends with the signal, before as well as during a request', async () => {
      const { read } = storeOf(byAppRole());
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

    it('leaves a login to the others when one of them gives up', async () => {
      const { read, reveal } = storeOf(byAppRole());
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

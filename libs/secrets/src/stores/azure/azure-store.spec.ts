import { type FakeCloud, loopbackEgress, ScriptedIdentity } from '../cloud/__fixtures__/fake-cloud';
import { failureOf, read, textOf } from '../cloud/__fixtures__/reading';
import { azureError, FakeKeyVault } from './__fixtures__/fake-key-vault';
import { AzureStore, type AzureStoreOptions } from './azure-store';

const V1 = '0123456789abcdef0123456789abcdef';
const V2 = 'fedcba9876543210fedcba9876543210';
const egress = loopbackEgress();

describe('AzureStore', () => {
  let azure: FakeKeyVault;
  let cloud: FakeCloud;
  let store: AzureStore;
  let hidden: string[];

  beforeEach(async () => {
    azure = new FakeKeyVault();
    cloud = await azure.start();
    azure.tokens.add('token-1');
    azure.secrets.set('integrations-acme--token', [
      { version: V1, value: 'old\r\n' },
      { version: V2, value: '{"pem":"tok-123"}', exp: 1_900_000_000 },
    ]);
    azure.secrets.set('integrations-other--token', [{ version: V1, value: 'o' }]);
    hidden = [];
    store = newStore({ identity: new ScriptedIdentity(['token-1']) });
  });

  afterEach(() => cloud[Symbol.asyncDispose]());
  afterAll(() => egress.close());

  function newStore(options: Partial<AzureStoreOptions>): AzureStore {
    const place = { vaultUrl: cloud.origin, prefix: 'integrations-{tenant}--' };
    const hide = (token: string) => void hidden.push(token);
    return new AzureStore({ ...place, egress, clock: { now: () => Date.now() }, hide, ...options });
  }

  it('reads the newest version with a bearer token, returns version and expiry, and picks a field', async () => {
    const secret = await read(store, 'token#pem');
    expect(secret.reveal()).toBe('tok-123');
    expect(secret.version).toBe(V2);
    expect(secret.expiresAt).toEqual(new Date('2030-03-17T17:46:40Z'));
    expect(await textOf(store, 'token', 'other')).toBe('o');
  });

  it('reads the version that the reference names', async () => {
    const secret = await read(store, `token?version=${V1}`);
    expect([secret.reveal(), secret.version, secret.expiresAt]).toEqual(['old', V1, null]);
    expect(await failureOf(store, `token?version=${'0'.repeat(32)}`)).toEqual(['not_found', expect.any(String)]);
  });

  it('denies a secret that is disabled', async () => {
    azure.secrets.set('integrations-acme--off', [{ version: V1, value: 'tok-123', disabled: true }]);
    expect(await failureOf(store, 'off')).toEqual(['denied', expect.stringContaining('Forbidden')]);
  });

  // `/secrets/name/..` would be the list of all secrets.
  it.each(['token?version=..', 'token?version=.', 'token?version=latest', 'a/b', 'a_b', 'a.b', 'a@b', 'x'.repeat(110)])(
    'does not call Azure for %s, which cannot be a name or version there',
    async (ref) => {
      expect(await failureOf(store, ref)).toEqual(['not_found', expect.any(String)]);
      expect(cloud.calls).toEqual([]);
    },
  );

  it.each(['a--b', 'a-'])("denies the tenant %s, whose secret names could be another tenant's", async (tenant) => {
    expect(await failureOf(store, 'token', tenant)).toEqual(['denied', expect.any(String)]);
    expect(cloud.calls).toEqual([]);
  });

  it('retries a refused token once, with a new one', async () => {
    store = newStore({ identity: new ScriptedIdentity(['token-expired', 'token-1']) });
    expect(await textOf(store, 'token')).toContain('tok-123');
    expect(cloud.calls).toHaveLength(2);
    azure.tokens.clear();
    expect(await failureOf(store, 'token')).toEqual(['unavailable', expect.stringContaining('Unauthorized')]);
    expect(cloud.calls).toHaveLength(3);
  });

  it.each([
    [403, 'Forbidden', 'denied'],
    [404, 'SecretNotFound', 'not_found'],
    [400, 'BadParameter', 'denied'],
    [429, 'Throttled', 'unavailable'],
    [500, 'InternalError', 'unavailable'],
    [503, 'ServiceUnavailable', 'unavailable'],
  ])('maps HTTP %d %s to %s', async (status, reason, code) => {
    azure.override = azureError(status, reason);
    expect(await failureOf(store, 'token')).toEqual([code, expect.stringContaining(reason)]);
  });

  it.each(['ForbiddenByFirewall', 'ForbiddenByConnection'])(
    'counts as unavailable while its network rules keep us out (%s)',
    async (innerCode) => {
      azure.override = azureError(403, 'Forbidden', innerCode);
      expect(await failureOf(store, 'token')).toEqual(['unavailable', expect.stringContaining(innerCode)]);
    },
  );

  it('is denied what the policy forbids', async () => {
    azure.allowed = /^integrations-other--/;
    expect(await failureOf(store, 'token')).toEqual(['denied', expect.stringContaining('Forbidden')]);
  });

  describe('with the managed identity of an app, as @azure/identity finds it', () => {
    const environment = { ...process.env };

    beforeEach(() => {
      // The SDK keeps the first endpoint that it found until the process ends.
      jest.resetModules();
      Object.assign(process.env, {
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
        IDENTITY_ENDPOINT: `${cloud.origin}/msi/token`,
        IDENTITY_HEADER: 'header-of-the-app',
      });
      azure.nextToken = 'token-1';
    });

    afterEach(() => (process.env = { ...environment }));

    it('caches its token, and requests another when Azure refuses it', async () => {
      store = newStore({});
      expect(await textOf(store, 'token')).toContain('tok-123');
      await textOf(store, 'token');
      expect(hidden).toEqual(['token-1']);
      azure.tokens.delete('token-1');
      azure.tokens.add('token-2');
      azure.nextToken = 'token-2';
      expect(await textOf(store, 'token')).toContain('tok-123');
      expect(hidden).toEqual(['token-1', 'token-2']);
    });

    it.each([
      ['my-vault.vault.azure.cn', 'https://vault.azure.cn'],
      ['my-vault.vault.usgovcloudapi.net', 'https://vault.usgovcloudapi.net'],
      ['my-vault.privatelink.vaultcore.azure.net', 'https://vault.azure.net'],
    ])('requests a token for the cloud of %s', async (host, resource) => {
      const vaultUrl = cloud.origin.replace('127.0.0.1', host);
      expect((await failureOf(newStore({ vaultUrl }), 'token'))[0]).toBe('unavailable');
      expect(cloud.calls[0]?.url.searchParams.get('resource')).toBe(resource);
    });
  });
});

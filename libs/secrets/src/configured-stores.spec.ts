import { ConfigError, CredentialStoreConfig } from '@integrations/config';
import { EgressClient } from '@integrations/provider-kit';
import { succeeded } from '@integrations/contracts';
import { configuredStores } from './configured-stores';

const egress = new EgressClient({ policy: { allow: [] }, userAgent: 'spec' });
const clock = { now: () => 0 };
const storage = { put: async () => 1, get: async () => null };
const deps = { env: {}, storage, egress, clock, hide: () => undefined, ask: async () => succeeded(null) };

function stores(settings: Partial<CredentialStoreConfig>): string[] {
  const config = Object.assign(new CredentialStoreConfig(), settings);
  const [last, ...others] = configuredStores(config, deps)
    .map(({ name }) => name)
    .reverse();
  expect(last).toBe('ambient'); // always there, to say why it refuses
  return others.reverse();
}

describe('configuredStores', () => {
  it('offers the local stores whose settings are set', () => {
    expect(stores({})).toEqual([]);
    expect(stores({ secretsDir: '/secrets' })).toEqual(['file']);
    expect(stores({ secretsDir: '/s', secretsEnvPrefix: 'SECRET_', secretsMasterKey: 'a'.repeat(64) })).toEqual([
      'file',
      'env',
      'local',
    ]);
  });

  it('offers the store services whose settings are set', () => {
    const vault = { vaultAddr: 'https://vault', vaultTokenFile: '/token' };
    const k8sNamespaces = ['acme:ci', 'acme:prod'];
    expect(stores({ ...vault, k8sNamespaces, authorityOverNats: true })).toEqual(['authority', 'vault', 'k8s']);
    expect(stores({ authorityUrl: 'https://authority', authorityTokenFile: '/token' })).toEqual(['authority']);
    expect(stores({ authorityOverNats: false, k8sNamespaces: [] })).toEqual([]);
  });

  it('offers the cloud stores whose settings are set', () => {
    expect(stores({ awsSecretsRegion: 'eu-central-1' })).toEqual(['aws']);
    expect(stores({ gcpSecretsProject: 'p', gcpSecretsEndpoint: 'http://127.0.0.1:1' })).toEqual(['gcp']);
    expect(stores({ azureVaultUrl: 'https://v.vault.azure.net' })).toEqual(['azure']);
  });

  it.each([
    [{ authorityUrl: 'https://authority' }, 'AUTHORITY_TOKEN_FILE: is missing; AUTHORITY_URL needs it'],
    [{ vaultAddr: 'https://vault' }, 'VAULT_TOKEN_FILE: is missing; VAULT_AUTH_METHOD=token needs it'],
    [{ vaultAddr: 'https://vault', vaultAuthMethod: 'approle' }, 'VAULT_SECRET_ID_FILE: is missing'],
    [{ vaultAddr: 'https://vault', vaultAuthMethod: 'approle', vaultSecretIdFile: '/id' }, 'VAULT_ROLE_ID: is missing'],
    [{ vaultAddr: 'https://vault', vaultAuthMethod: 'kubernetes' }, 'VAULT_ROLE: is missing'],
  ] as const)('names the other setting that a store needs: %j', (settings, message) => {
    expect(() => stores(settings)).toThrow(ConfigError);
    expect(() => stores(settings)).toThrow(message);
  });

  it.each([
    ['secretsMasterKey', 'SECRETS_MASTER_KEY', 'passphrase'],
    ['secretsMasterKeyFile', 'SECRETS_MASTER_KEY_FILE', '/nowhere'],
    ['secretsPreviousMasterKeyFile', 'SECRETS_PREVIOUS_MASTER_KEY_FILE', '/nowhere'],
  ])('names the setting of an unusable master key: %s', (property, key, value) => {
    const load = () => stores({ [property]: value });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(`${key}: `);
    expect(load).not.toThrow('passphrase');
  });
});

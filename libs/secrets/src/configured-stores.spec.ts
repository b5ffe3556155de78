import { ConfigError, CredentialStoreConfig } from '@integrations/config';
import { EgressClient } from '@integrations/provider-kit';
import { configuredStores } from './configured-stores';

const egress = new EgressClient({ policy: { allow: [] }, userAgent: 'spec' });
const clock = { now: () => 0 };
const storage = { put: async () => 1, get: async () => null };

function stores(settings: Partial<CredentialStoreConfig>): string[] {
  const config = Object.assign(new CredentialStoreConfig(), settings);
  return configuredStores(config, { env: {}, storage, egress, clock }).map(({ name }) => name);
}

describe('configuredStores', () => {
  it('offers the stores whose settings are there', () => {
    expect(stores({})).toEqual([]);
    expect(stores({ secretsDir: '/secrets' })).toEqual(['file']);
    expect(stores({ secretsDir: '/s', secretsEnvPrefix: 'SECRET_', secretsMasterKey: 'a'.repeat(64) })).toEqual([
      'file',
      'env',
      'local',
    ]);
  });

  it.each([
    ['secretsMasterKey', 'SECRETS_MASTER_KEY', 'passphrase'],
    ['secretsMasterKeyFile', 'SECRETS_MASTER_KEY_FILE', '/nowhere'],
    ['secretsPreviousMasterKeyFile', 'SECRETS_PREVIOUS_MASTER_KEY_FILE', '/nowhere'],
  ])('names the setting of a master key that cannot be used: %s', (property, key, value) => {
    const load = () => stores({ [property]: value });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(`${key}: `);
    expect(load).not.toThrow('passphrase');
  });
});

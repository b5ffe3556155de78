import { ConfigError, type CredentialStoreConfig, type MasterKeyConfig } from '@integrations/config';
import { LocalStore } from './local/local-store';
import { type MasterKey, MasterKeyError, type MasterKeys, parseMasterKey, readMasterKeyFile } from './local/master-key';
import type { SealedSecretStorage } from './local/sealed-secret';
import { configuredClouds } from './stores/configured-clouds';
import { configuredServices, type ServiceDeps } from './stores/configured-services';
import { EnvStore } from './stores/env-store';
import { FileStore } from './stores/file-store';
import type { SecretStore } from './stores/secret-store';

/** The settings of the master keys, which the command line needs without the rest. */
export type MasterKeySettings = Pick<
  MasterKeyConfig,
  'secretsMasterKey' | 'secretsMasterKeyFile' | 'secretsPreviousMasterKeyFile'
>;

export interface StoreDeps extends ServiceDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly storage: SealedSecretStorage;
}

/** The stores that the configuration offers. Throws ConfigError for settings that cannot be used. */
export function configuredStores(config: CredentialStoreConfig, deps: StoreDeps): SecretStore[] {
  const { env, storage } = deps;
  const { secretsDir, secretsEnvPrefix, defaultTenant } = config;
  const masters = configuredMasterKeys(config);
  return [
    ...(secretsDir ? [new FileStore(secretsDir)] : []),
    ...(secretsEnvPrefix ? [new EnvStore({ env, prefix: secretsEnvPrefix, tenantId: defaultTenant })] : []),
    ...(masters ? [new LocalStore(storage, masters)] : []),
    ...configuredServices(config, deps),
    ...configuredClouds(config, deps),
  ];
}

/** Null where no master key is configured. Throws ConfigError. */
export function configuredMasterKeys(config: MasterKeySettings): MasterKeys | null {
  const { secretsMasterKey, secretsMasterKeyFile, secretsPreviousMasterKeyFile } = config;
  const current =
    inSetting('SECRETS_MASTER_KEY', secretsMasterKey, parseMasterKey) ??
    inSetting('SECRETS_MASTER_KEY_FILE', secretsMasterKeyFile, readMasterKeyFile);
  const previous = inSetting('SECRETS_PREVIOUS_MASTER_KEY_FILE', secretsPreviousMasterKeyFile, readMasterKeyFile);
  return current && { current, previous: previous ? [previous] : [] };
}

function inSetting(key: string, setting: string | undefined, read: (text: string) => MasterKey): MasterKey | null {
  if (setting === undefined) return null;
  try {
    return read(setting);
  } catch (error) {
    if (error instanceof MasterKeyError) throw new ConfigError([{ key, message: error.message }]);
    throw error;
  }
}

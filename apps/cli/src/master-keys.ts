import { ConfigError, loadConfig, MasterKeyConfig } from '@integrations/config';
import { configuredMasterKeys, type MasterKeys } from '@integrations/secrets';

/** The master keys that the apps use too. Throws ConfigError if none is set, or if one is unusable. */
export function requiredMasterKeys(env: NodeJS.ProcessEnv): MasterKeys {
  const masters = configuredMasterKeys(loadConfig(MasterKeyConfig, env));
  if (masters) return masters;
  throw new ConfigError([
    { key: 'SECRETS_MASTER_KEY_FILE', message: 'is missing, and so is SECRETS_MASTER_KEY; secrets cannot be sealed' },
  ]);
}

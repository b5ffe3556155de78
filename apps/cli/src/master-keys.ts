import { loadConfig, MasterKeyConfig } from '@integrations/config';
import { configuredMasterKeys, type MasterKeys } from '@integrations/secrets';
import { CommandError } from './command';

/** As the apps read them. Throws CommandError where there is no current one, ConfigError for one that cannot be used. */
export function requiredMasterKeys(): MasterKeys {
  const masters = configuredMasterKeys(loadConfig(MasterKeyConfig, process.env));
  if (masters) return masters;
  throw new CommandError('set SECRETS_MASTER_KEY_FILE (or SECRETS_MASTER_KEY): without it nothing can be sealed');
}

import { loadConfig, MasterKeyConfig } from '@integrations/config';
import { configuredMasterKeys, type MasterKeys } from '@integrations/secrets';
import { CommandError } from './command';

/** The master keys that the apps use too. Throws CommandError if none is set, ConfigError if one is unusable. */
export function requiredMasterKeys(): MasterKeys {
  const masters = configuredMasterKeys(loadConfig(MasterKeyConfig, process.env));
  if (masters) return masters;
  throw new CommandError('set SECRETS_MASTER_KEY_FILE (or SECRETS_MASTER_KEY): secrets cannot be sealed without it');
}

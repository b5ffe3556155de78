import { readFileSync } from 'node:fs';
import { ConfigError } from '@integrations/config';

/** The text of the file that a setting names. Throws ConfigError. */
export function readSettingFile(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrongSetting(key, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

export function wrongSetting(key: string, message: string): ConfigError {
  return new ConfigError([{ key, message }]);
}

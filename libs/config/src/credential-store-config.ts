import { IsOptional, Matches } from 'class-validator';
import { CloudStoreConfig } from './cloud-store-config';
import { IsAbsolutePath } from './converters';

/** What an app reads that resolves credentials. A store whose setting is absent is not offered. */
export class CredentialStoreConfig extends CloudStoreConfig {
  /** The directory of the `file` store, with a directory for each tenant. */
  @IsOptional()
  @IsAbsolutePath()
  secretsDir?: string;

  /**
   * What the variables of the `env` store begin with; they belong to the default tenant. The ending keeps our own
   * settings, such as the master key, out of reach.
   */
  @IsOptional()
  @Matches(/^([A-Z0-9]{1,20}_){0,4}SECRET_$/, { message: 'must be of A-Z, 0-9 and _ and end with SECRET_' })
  secretsEnvPrefix?: string;
}

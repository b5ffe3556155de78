import { TENANT_PATTERN } from '@integrations/contracts';
import { IsOptional, Matches } from 'class-validator';
import { CloudStoreConfig } from './cloud-store-config';
import { AsList, IsDirectory } from './converters';

const TENANT_OR_ALL = new RegExp(`${TENANT_PATTERN.source}|^\\*$`);

/** What an app reads that resolves credentials. A store whose setting is absent is not offered. */
export class CredentialStoreConfig extends CloudStoreConfig {
  /** The directory of the `file` store, with a directory for each tenant. */
  @IsOptional()
  @IsDirectory()
  secretsDir?: string;

  /**
   * What the variables of the `env` store begin with; they belong to the default tenant. The ending keeps our own
   * settings, such as the master key, out of reach.
   */
  @IsOptional()
  @Matches(/^([A-Z0-9]{1,20}_){0,4}SECRET_$/, { message: 'must be of A-Z, 0-9 and _ and end with SECRET_' })
  secretsEnvPrefix?: string;

  /** The tenants whose integrations may use the identity that this host has at its cloud, by the `ambient` store; `*`: all. */
  @AsList()
  @Matches(TENANT_OR_ALL, { each: true, message: 'must be names of tenants, separated by commas, or *' })
  ambientIdentity: string[] = [];
}

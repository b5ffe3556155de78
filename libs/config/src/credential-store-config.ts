import { TENANT_PATTERN } from '@integrations/contracts';
import { IsOptional, Matches } from 'class-validator';
import { CloudStoreConfig } from './cloud-store-config';
import { AsList, IsDirectory } from './converters';

const TENANT_OR_ALL = new RegExp(`${TENANT_PATTERN.source}|^\\*$`);

/** The configuration of an app that resolves credentials. A store without its setting is not available. */
export class CredentialStoreConfig extends CloudStoreConfig {
  /** The directory of the `file` store, with a subdirectory for each tenant. */
  @IsOptional()
  @IsDirectory()
  secretsDir?: string;

  /**
   * Prefix of the variables of the `env` store, which belong to the default tenant. The required ending keeps our own
   * settings, such as the master key, out of reach.
   */
  @IsOptional()
  @Matches(/^([A-Z0-9]{1,20}_){0,4}SECRET_$/, { message: 'must consist of A-Z, 0-9 and _, and end with SECRET_' })
  secretsEnvPrefix?: string;

  /** Tenants whose integrations may use this host's cloud identity through the `ambient` store; `*` for all. */
  @AsList()
  @Matches(TENANT_OR_ALL, { each: true, message: 'must be names of tenants, separated by commas, or *' })
  ambientIdentity: string[] = [];
}

import { IsOptional, Matches } from 'class-validator';
import { CloudStoreConfig } from './cloud-store-config';
import { IsAbsolutePath, IsInsteadOf } from './converters';

/** 32 bytes in base64 (or base64url) or in hexadecimal digits. */
const KEY_PATTERN = /^([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/;

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

  /** The master key of the `local` store: a file that only its owner may read. */
  @IsOptional()
  @IsAbsolutePath()
  @IsInsteadOf('secretsMasterKey', 'SECRETS_MASTER_KEY')
  secretsMasterKeyFile?: string;

  @IsOptional()
  @Matches(KEY_PATTERN, { message: 'must be 32 bytes in base64 or hexadecimal' })
  secretsMasterKey?: string;

  /** The master key before the last rotation: opens what is not rewrapped yet, seals nothing. */
  @IsOptional()
  @IsAbsolutePath()
  secretsPreviousMasterKeyFile?: string;
}

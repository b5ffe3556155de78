import { TENANT_PATTERN } from '@integrations/contracts';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { AsInt, IsInsteadOf, IsServiceUrl } from './converters';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const HOST_PATTERN = /^[A-Za-z0-9:.-]{1,253}$/;
const ABSOLUTE_PATH = { message: 'must be an absolute path' };
/** 32 bytes in base64 (or base64url) or in hexadecimal digits. */
const KEY_PATTERN = /^([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/;

/** What each app reads; an app extends it with what is its own. */
export class ServiceConfig {
  @IsServiceUrl('postgres', 'postgresql')
  databaseUrl: string;

  @IsServiceUrl('nats', 'tls')
  natsUrl: string;

  /** Where HTTP is served; 0 takes a free port. */
  @AsInt({ min: 0, max: 65_535 })
  port: number = 0;

  @Matches(HOST_PATTERN, { message: 'must be an IP address or a host name to listen on' })
  host: string = '127.0.0.1';

  @IsIn(LOG_LEVELS)
  logLevel: LogLevel = 'info';

  /** Whose requests those are that name no tenant. */
  @Matches(TENANT_PATTERN, {
    message: 'must be 1 to 63 lower-case letters, digits, _ or -, and begin with a letter or digit',
  })
  defaultTenant: string = 'default';

  /** How long a shutdown may take, in milliseconds, before the process ends anyway. */
  @AsInt({ min: 0, max: 600_000 })
  shutdownTimeoutMs: number = 10_000;
}

/** What an app reads that resolves credentials. A store whose setting is absent is not offered. */
export class CredentialStoreConfig extends ServiceConfig {
  /** The directory of the `file` store, with a directory for each tenant. */
  @IsOptional()
  @Matches(/^\//, ABSOLUTE_PATH)
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
  @Matches(/^\//, ABSOLUTE_PATH)
  @IsInsteadOf('secretsMasterKey', 'SECRETS_MASTER_KEY')
  secretsMasterKeyFile?: string;

  @IsOptional()
  @Matches(KEY_PATTERN, { message: 'must be 32 bytes in base64 or hexadecimal' })
  secretsMasterKey?: string;

  /** The master key before the last rotation: opens what is not rewrapped yet, seals nothing. */
  @IsOptional()
  @Matches(/^\//, ABSOLUTE_PATH)
  secretsPreviousMasterKeyFile?: string;
}

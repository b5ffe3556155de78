import { TENANT_PATTERN } from '@integrations/contracts';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { AreServiceUrls, AsInt, AsList, IsAbsolutePath, IsDatabaseUrl, IsServiceUrl } from './converters';
import { MasterKeyConfig } from './master-key-config';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const HOST_PATTERN = /^[A-Za-z0-9:.-]{1,253}$/;

/** What each app reads; an app extends it with what is its own. */
export class ServiceConfig extends MasterKeyConfig {
  @IsDatabaseUrl()
  databaseUrl: string;

  /** Of one server, or of several of a cluster. */
  @AreServiceUrls('nats', 'tls')
  natsUrl: string;

  /** Who we are to NATS: a credentials file, or the seed of an NKey. Read again for each connection. */
  @IsOptional()
  @IsAbsolutePath()
  natsCredentialsFile?: string;

  /** In PEM, the CA of NATS's certificates, and no other is trusted then; absent: those that Node trusts. */
  @IsOptional()
  @IsAbsolutePath()
  natsCaFile?: string;

  /** The certificate, in PEM, that NATS asks for where it verifies its clients. */
  @ValidateIf(showsCertificate)
  @IsAbsolutePath()
  natsCertFile?: string;

  @ValidateIf(showsCertificate)
  @IsAbsolutePath()
  natsKeyFile?: string;

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

  /** The HTTP proxy that leads out, `http://[user:password@]host:port`; it must be able to CONNECT. */
  @IsOptional()
  @IsServiceUrl('http')
  egressProxy?: string;

  /** Hosts that are reached without it: names, with all below them, and addresses. */
  @AsList()
  @Matches(/^[\w*.:-]+$/, { each: true, message: 'must be host names or addresses, separated by commas' })
  egressNoProxy: string[] = [];

  /** The unix sockets that an integration may name as its endpoint; catalog-api refuses others, and opens none. */
  @AsList()
  @IsAbsolutePath({ each: true })
  egressUnixSockets: string[] = [];

  /** npm packages with providers of third parties. */
  @AsList()
  providerPlugins: string[] = [];
}

function showsCertificate({ natsCertFile, natsKeyFile }: ServiceConfig): boolean {
  return natsCertFile !== undefined || natsKeyFile !== undefined;
}

import { isIP } from 'node:net';
import { TENANT_PATTERN } from '@integrations/contracts';
import { IsIn, IsOptional, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { AreServiceUrls, AsInt, AsList, IsAbsolutePath, IsDatabaseUrl, IsServiceUrl } from './converters';
import { MasterKeyConfig } from './master-key-config';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const HOST_PATTERN = /^[A-Za-z0-9:.-]{1,253}$/;

/** The configuration that all apps share; an app extends it with its own settings. */
export class ServiceConfig extends MasterKeyConfig {
  @IsDatabaseUrl()
  databaseUrl: string;

  /** URL of one server, or of several servers of a cluster. */
  @AreServiceUrls('nats', 'tls')
  natsUrl: string;

  /** Our NATS credentials: a credentials file, or a file with the seed of an NKey. Read again for each connection. */
  @IsOptional()
  @IsAbsolutePath()
  natsCredentialsFile?: string;

  /** PEM file of the only CA to trust for NATS; absent for the CAs that Node trusts. */
  @IsOptional()
  @IsAbsolutePath()
  natsCaFile?: string;

  /** PEM file of our client certificate, for a NATS that verifies its clients. */
  @ValidateIf(showsCertificate)
  @IsAbsolutePath()
  natsCertFile?: string;

  @ValidateIf(showsCertificate)
  @IsAbsolutePath()
  natsKeyFile?: string;

  /** The HTTP port; 0 for any free port. */
  @AsInt({ min: 0, max: 65_535 })
  port: number = 0;

  @Matches(HOST_PATTERN, { message: 'must be an IP address or a host name to listen on' })
  host: string = '127.0.0.1';

  @IsIn(LOG_LEVELS)
  logLevel: LogLevel = 'info';

  /** The tenant of requests that name none. */
  @Matches(TENANT_PATTERN, {
    message: 'must be 1 to 63 lower-case letters, digits, _ or -, and begin with a letter or digit',
  })
  defaultTenant: string = 'default';

  /** How long a shutdown may take, in milliseconds, before the process ends anyway. */
  @AsInt({ min: 0, max: 600_000 })
  shutdownTimeoutMs: number = 10_000;

  /** The HTTP proxy for egress, `http://[user:password@]host:port`; it must support CONNECT. */
  @IsOptional()
  @IsServiceUrl('http')
  egressProxy?: string;

  /** Hosts that are reached without the proxy: names, including their subdomains, and addresses. */
  @AsList()
  @ValidateBy(
    { name: 'isHost', validator: { validate: isHost } },
    { each: true, message: 'must be host names or addresses without ports, separated by commas' },
  )
  egressNoProxy: string[] = [];

  /** The unix sockets that an integration may use as its endpoint. catalog-api rejects others, and opens none itself. */
  @AsList()
  @IsAbsolutePath({ each: true })
  egressUnixSockets: string[] = [];

  /** npm packages with third-party providers. */
  @AsList()
  providerPlugins: string[] = [];
}

/** A form that matches no host, such as `host:port`, would send calls through the proxy after all. */
function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^(\*?\.)?[\w-]+(\.[\w-]+)*$/.test(text);
}

function showsCertificate({ natsCertFile, natsKeyFile }: ServiceConfig): boolean {
  return natsCertFile !== undefined || natsKeyFile !== undefined;
}

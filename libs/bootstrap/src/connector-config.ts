import { AsList, CredentialStoreConfig, IsAbsolutePath, IsServiceUrl } from '@integrations/config';
import type { ProxyOptions } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';

/** An address or a range of addresses, IPv4 or IPv6; the egress client says more about a wrong one. */
const RANGE = /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/;

/** What an app reads that calls connected services. */
export class ConnectorConfig extends CredentialStoreConfig {
  /** Loopback and private ranges that connected services may live in. */
  @AsList()
  @Matches(RANGE, { each: true, message: 'must be addresses or CIDR ranges, separated by commas' })
  egressAllow: string[] = [];

  /** The HTTP proxy that leads out, `http://[user:password@]host:port`; it must be able to CONNECT. */
  @IsOptional()
  @IsServiceUrl('http')
  egressProxy?: string;

  /** Hosts that are reached without it: names, with all below them, and addresses. */
  @AsList()
  @Matches(/^[\w*.:-]+$/, { each: true, message: 'must be host names or addresses, separated by commas' })
  egressNoProxy: string[] = [];

  /** The proxies that an integration may name instead, `http://host:port`; its credential is the integration's. */
  @AsList()
  @Matches(/^http:\/\/[^\s/?#@]+$/, {
    each: true,
    message: 'must be of the form http://host:port, separated by commas',
  })
  egressProxies: string[] = [];

  /** The unix sockets that an integration may name as its endpoint. */
  @AsList()
  @IsAbsolutePath({ each: true })
  egressUnixSockets: string[] = [];

  /** npm packages with providers of third parties. */
  @AsList()
  providerPlugins: string[] = [];
}

/** The way out that an app's configuration names. */
export function proxyOf({ egressProxy, egressNoProxy }: Pick<ConnectorConfig, 'egressProxy' | 'egressNoProxy'>): {
  readonly proxy?: ProxyOptions;
} {
  return egressProxy === undefined ? {} : { proxy: { url: egressProxy, except: egressNoProxy } };
}

import { AsList, CredentialStoreConfig, IsAbsolutePath, type ServiceConfig } from '@integrations/config';
import type { ProxyOptions } from '@integrations/provider-kit';
import { Matches } from 'class-validator';

/** An address or a range of addresses, IPv4 or IPv6; the egress client says more about a wrong one. */
const RANGE = /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/;

/** What an app reads that calls connected services. */
export class ConnectorConfig extends CredentialStoreConfig {
  /** Loopback and private ranges that connected services may live in. */
  @AsList()
  @Matches(RANGE, { each: true, message: 'must be addresses or CIDR ranges, separated by commas' })
  egressAllow: string[] = [];

  /** The proxies, `http://host:port`, that an integration may name instead of `egressProxy`, with a credential of its own. */
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
export function proxyOf({ egressProxy, egressNoProxy }: ServiceConfig): { readonly proxy?: ProxyOptions } {
  return egressProxy === undefined ? {} : { proxy: { url: egressProxy, except: egressNoProxy } };
}

import { AsAddressRanges, AsList, CredentialStoreConfig, type ServiceConfig } from '@integrations/config';
import type { ProxyOptions } from '@integrations/provider-kit';
import { ValidateBy } from 'class-validator';

/** The configuration of an app that calls connected services. */
export class ConnectorConfig extends CredentialStoreConfig {
  /** Loopback and private address ranges that connected services may use. */
  @AsAddressRanges()
  egressAllow: string[] = [];

  /** Proxies, `http://host:port`, that an integration may use instead of `egressProxy`, with a credential of its own. */
  @AsList()
  @ValidateBy(
    { name: 'isProxy', validator: { validate: isProxy } },
    { each: true, message: 'must have the form http://host:port, separated by commas' },
  )
  egressProxies: string[] = [];
}

function isProxy(text: string): boolean {
  return /^http:\/\/[^\s/?#@]+$/.test(text) && URL.canParse(text);
}

/** The egress proxy from an app's configuration. */
export function proxyOf({ egressProxy, egressNoProxy }: ServiceConfig): { readonly proxy?: ProxyOptions } {
  return egressProxy === undefined ? {} : { proxy: { url: egressProxy, except: egressNoProxy } };
}

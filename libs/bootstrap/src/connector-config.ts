import { AsList, CredentialStoreConfig } from '@integrations/config';
import { Matches } from 'class-validator';

/** An address or a range of addresses, IPv4 or IPv6; the egress client says more about a wrong one. */
const RANGE = /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/;

/** What an app reads that calls connected services. */
export class ConnectorConfig extends CredentialStoreConfig {
  /** Loopback and private ranges that connected services may live in. */
  @AsList()
  @Matches(RANGE, { each: true, message: 'must be addresses or CIDR ranges, separated by commas' })
  egressAllow: string[] = [];

  /** npm packages with providers of third parties. */
  @AsList()
  providerPlugins: string[] = [];
}

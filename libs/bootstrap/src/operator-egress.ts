import type { ServiceConfig } from '@integrations/config';
import { EgressClient, type EgressClientOptions } from '@integrations/provider-kit';
import { proxyOf } from './connector-config';

/** The User-Agent of every outgoing call. */
export const USER_AGENT = 'stella-ops-integrations';

/**
 * An egress client for addresses that the operator configured, such as secret stores. It allows any private address, so it
 * must never call tenants' services.
 */
export function operatorEgress(
  config: ServiceConfig,
  limits: Pick<EgressClientOptions, 'totalTimeoutMs' | 'maxResponseBytes'>,
): EgressClient {
  const policy = { allow: ['0.0.0.0/0', '::/0'] };
  return new EgressClient({ userAgent: USER_AGENT, policy, ...proxyOf(config), ...limits });
}

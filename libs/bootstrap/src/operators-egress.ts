import type { ServiceConfig } from '@integrations/config';
import { EgressClient, type EgressClientOptions } from '@integrations/provider-kit';
import { proxyOf } from './connector-config';

/** As which every app makes itself known to whom it calls. */
export const USER_AGENT = 'stella-ops-integrations';

/**
 * A way out to what the operator named, such as secret stores: any private address will do. It is no way to tenants'
 * services.
 */
export function operatorsEgress(
  config: ServiceConfig,
  limits: Pick<EgressClientOptions, 'totalTimeoutMs' | 'maxResponseBytes'>,
): EgressClient {
  const policy = { allow: ['0.0.0.0/0', '::/0'] };
  return new EgressClient({ userAgent: USER_AGENT, policy, ...proxyOf(config), ...limits });
}

import type { IntegrationConfig, TokenCache } from '@integrations/provider-kit';
import type { ConnectionSettings } from './connection-settings';

/**
 * The tokens that the integration may share with others. Who shows a client certificate may be given other ones, and behind
 * another proxy another server may have the same name: of either, the plugin that makes the keys knows nothing.
 */
export function tokensOf(
  tokens: TokenCache,
  { tenantId, integrationId }: IntegrationConfig,
  { clientCertRef, proxy }: ConnectionSettings,
): TokenCache {
  if (clientCertRef === undefined && proxy === undefined) return tokens;
  const holder = clientCertRef === undefined ? null : [tenantId, integrationId];
  const way = JSON.stringify({ holder, proxy });
  return {
    get: (key, mint, signal) => tokens.get([way, ...key], mint, signal),
    forget: (key) => tokens.forget([way, ...key]),
  };
}

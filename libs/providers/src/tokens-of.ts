import type { IntegrationConfig, TokenCache } from '@integrations/provider-kit';
import type { ConnectionSettings } from './connection-settings';

/** Called with each token, its tenant and its expiry before the tenant may use it, so that the scrubber knows it. */
export type Hide = (token: string, tenantId: string, expiresAt: Date) => void;

/**
 * The token cache as the integration may use it. Keys come from the plugin, which does not know the connection
 * settings: another client certificate may get other tokens, and behind another proxy the same host name may be another
 * server. Integrations with such settings therefore get separate keys.
 */
export function tokensOf(
  tokens: TokenCache,
  { tenantId, integrationId }: IntegrationConfig,
  { clientCertRef, proxy }: ConnectionSettings,
  hide: Hide,
): TokenCache {
  const holder = clientCertRef === undefined ? null : [tenantId, integrationId];
  const isDirect = clientCertRef === undefined && proxy === undefined;
  const routeKey = isDirect ? [] : [JSON.stringify({ holder, proxy })];
  return {
    async get(key, mint, signal) {
      const minted = await tokens.get([...routeKey, ...key], mint, signal);
      // Here, not in `mint`: the cached token may have been minted for another tenant.
      if (!minted.isPublic) hide(minted.token, tenantId, new Date(minted.expiresAt));
      return minted;
    },
    forget: (key) => tokens.forget([...routeKey, ...key]),
  };
}

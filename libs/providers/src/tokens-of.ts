import type { IntegrationConfig, TokenCache } from '@integrations/provider-kit';
import type { ConnectionSettings } from './connection-settings';

/** Told each token before its tenant has it, and when it expires: feeds the scrubber. */
export type Hide = (token: string, tenantId: string, expiresAt: Date) => void;

/**
 * The tokens that the integration may share with others. Who shows a client certificate may be given other ones, and behind
 * another proxy another server may have the same name: of either, the plugin that makes the keys knows nothing.
 */
export function tokensOf(
  tokens: TokenCache,
  { tenantId, integrationId }: IntegrationConfig,
  { clientCertRef, proxy }: ConnectionSettings,
  hide: Hide,
): TokenCache {
  const holder = clientCertRef === undefined ? null : [tenantId, integrationId];
  const isUsual = clientCertRef === undefined && proxy === undefined;
  const way = isUsual ? [] : [JSON.stringify({ holder, proxy })];
  return {
    async get(key, mint, signal) {
      const minted = await tokens.get([...way, ...key], mint, signal);
      // Not where it is minted: another tenant may have done that.
      if (!minted.isPublic) hide(minted.token, tenantId, new Date(minted.expiresAt));
      return minted;
    },
    forget: (key) => tokens.forget([...way, ...key]),
  };
}

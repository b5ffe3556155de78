import type { Cloud, ConnectorPlugin, IntegrationConfig } from '@integrations/provider-kit';

/**
 * The cloud that alone will see what the integration shows, so that it may be our own identity there. Addresses are for the
 * plugin to know; who answers at them, a public authority must vouch for and not one that the tenant chose.
 */
export function identityAt(plugin: ConnectorPlugin, integration: IntegrationConfig): Cloud | null {
  const { endpoint, config } = integration;
  const { caBundle } = config as { readonly caBundle?: string };
  if (!endpoint.startsWith('https://') || caBundle !== undefined) return null;
  return plugin.identityAt?.(integration) ?? null;
}

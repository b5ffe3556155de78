import type { Cloud, ConnectorPlugin, IntegrationConfig } from '@integrations/provider-kit';

/**
 * The cloud that alone receives the integration's credential, so that our own workload identity may be that credential;
 * null if that is not certain. The plugin judges the addresses. Plain HTTP and a `caBundle` of the tenant rule it out
 * here: a public certificate authority must vouch for the server.
 */
export function identityAt(plugin: ConnectorPlugin, integration: IntegrationConfig): Cloud | null {
  const { endpoint, config } = integration;
  const { caBundle } = config as { readonly caBundle?: string };
  if (!endpoint.startsWith('https://') || caBundle !== undefined) return null;
  return plugin.identityAt?.(integration) ?? null;
}

import { socketPathOf } from '@integrations/contracts';
import type { IntegrationPlace } from '@integrations/database';
import type { ProviderRegistry } from '@integrations/providers';

/**
 * The bases of the repositories or images that an integration reaches, each `host[:port][/path]` or
 * `ssh://host[/path]`. The plugin names them; by default it is the endpoint itself. None if the plugin is missing or
 * fails, or if the stored config is no longer valid.
 */
export function servedBases(
  row: IntegrationPlace,
  registry: Pick<ProviderRegistry, 'find' | 'validateConfig'>,
): readonly string[] {
  const plugin = registry.find(row.provider);
  if (!plugin) return [];
  if (!plugin.serves) return socketPathOf(row.endpoint) === null ? [withoutScheme(row.endpoint)] : [];
  const config = registry.validateConfig(row.provider, row.config);
  if (!config.ok) return [];
  const { id: integrationId, tenantId, endpoint } = row;
  try {
    const places: unknown = plugin.serves({ integrationId, tenantId, endpoint, config: config.value });
    return Array.isArray(places) ? places.filter((place) => typeof place === 'string') : [];
  } catch {
    return [];
  }
}

function withoutScheme(endpoint: string): string {
  return endpoint.replace(/^[^:]*:\/\//, '');
}

import type { IntegrationType } from '@integrations/contracts';
import type { EndpointFilter } from '@integrations/database';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import type { ProviderRegistry } from '@integrations/providers';
import { spellingsOf } from './location';

/** A filter for integrations that may serve the host, judged by their endpoint and provider only. */
export function servedFrom(
  host: string,
  type: IntegrationType,
  registry: Pick<ProviderRegistry, 'ofType'>,
): EndpointFilter {
  const hosts = new Set<string>();
  const providers: string[] = [];
  for (const plugin of registry.ofType(type)) {
    const found = spellingsOf(host).map((spelling) => endpointHosts(plugin, spelling));
    if (found.includes(null)) providers.push(plugin.provider);
    for (const each of found.flatMap((some) => some ?? [])) hosts.add(each);
  }
  return { hosts: [...hosts], providers };
}

/** The endpoint hosts of a provider's integrations that may serve `host`; null for any endpoint. */
function endpointHosts(plugin: ConnectorPlugin, host: string): readonly string[] | null {
  if (!plugin.servedFrom) return plugin.serves || !isAtWeb(plugin) ? null : [host];
  try {
    const hosts: unknown = plugin.servedFrom(host);
    return Array.isArray(hosts) ? hosts.filter((each) => typeof each === 'string') : null;
  } catch {
    return null;
  }
}

/** The database query finds only web addresses, which a default such as `memory://local` is not. */
function isAtWeb({ defaultEndpoint }: ConnectorPlugin): boolean {
  return defaultEndpoint === null || /^https?:/.test(defaultEndpoint);
}

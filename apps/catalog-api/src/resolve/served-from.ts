import type { IntegrationType } from '@integrations/contracts';
import type { EndpointFilter } from '@integrations/database';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import type { ProviderRegistry } from '@integrations/providers';
import { spellingsOf } from './location';

/** Which integrations can serve something at the host, as far as their endpoint and provider tell. */
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

/** Null: at any. */
function endpointHosts(plugin: ConnectorPlugin, host: string): readonly string[] | null {
  if (!plugin.servedFrom) return plugin.serves || !isAtWeb(plugin) ? null : [host];
  try {
    const hosts: unknown = plugin.servedFrom(host);
    return Array.isArray(hosts) ? hosts.filter((each) => typeof each === 'string') : null;
  } catch {
    return null;
  }
}

/** The repository looks at web addresses only; a default such as `memory://local` is none. */
function isAtWeb({ defaultEndpoint }: ConnectorPlugin): boolean {
  return defaultEndpoint === null || /^https?:/.test(defaultEndpoint);
}

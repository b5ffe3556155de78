import { DISCOVERY_KINDS } from '@integrations/contracts';
import type { Discovery } from '@integrations/provider-kit';
import type { Guarded } from './as-provider-error';
import { guardedPage } from './guard-reads';

/** The same lists, guarded; a kind that is absent stays absent. */
export function guardDiscovery(discovery: Discovery, plugin: Guarded): Discovery {
  const present = DISCOVERY_KINDS.filter((kind) => discovery[kind] !== undefined);
  const entries = present.map((kind): [string, Discovery[typeof kind]] => [
    kind,
    (query, signal) => guardedPage(plugin, kind, query, signal, () => discovery[kind]!(query, signal)),
  ]);
  return Object.fromEntries(entries);
}

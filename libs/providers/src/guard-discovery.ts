import { DISCOVERY_KINDS } from '@integrations/contracts';
import type { Discovery } from '@integrations/provider-kit';
import { guarded } from './guard';

/** The same lists, guarded; a kind that is absent stays absent. */
export function guardDiscovery(discovery: Discovery, provider: string): Discovery {
  const present = DISCOVERY_KINDS.filter((kind) => discovery[kind] !== undefined);
  const entries = present.map((kind): [string, Discovery[typeof kind]] => [
    kind,
    (query, signal) => guarded(provider, signal, () => discovery[kind]!(query, signal)),
  ]);
  return Object.fromEntries(entries);
}

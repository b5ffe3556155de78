import { DISCOVERY_KINDS, type DiscoveryKind } from '@integrations/contracts';
import type { Discovery } from '@integrations/provider-kit';
import { REPOSITORY, type Shape } from './answers';
import type { Guarded } from './as-provider-error';
import { guardedPage } from './guard-reads';

const SHAPES: Readonly<Record<DiscoveryKind, Shape>> = { repositories: REPOSITORY };

/** The same lists, guarded; a kind that is absent stays absent. */
export function guardDiscovery(discovery: Discovery, plugin: Guarded): Discovery {
  const present = DISCOVERY_KINDS.filter((kind) => discovery[kind] !== undefined);
  const entries = present.map((kind): [string, Discovery[typeof kind]] => [
    kind,
    (query, signal) => guardedPage(plugin, kind, SHAPES[kind], query, signal, () => discovery[kind]!(query, signal)),
  ]);
  return Object.fromEntries(entries);
}

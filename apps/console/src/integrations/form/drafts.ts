import type { IntegrationView, ProviderDescriptor } from '@integrations/contracts';
import { isSame } from './is-same';

type Json = Readonly<Record<string, unknown>>;

/** What says where to, as whom and how its server is trusted: beside a stored credential the API refuses it. */
const PLACE = ['endpoint', 'authRef'] as const;
const PLACE_IN_CONFIG = ['caBundle', 'connection'] as const;

export function newDraft({ type, provider }: ProviderDescriptor, request: Json): Json {
  return { type, provider, ...request };
}

/**
 * What a test is given of a registration that is being edited: it goes by the stored credential, unless the change is
 * about that or about where it is sent.
 */
export function editDraft(saved: Pick<IntegrationView, 'id' | 'type' | 'provider'>, before: Json, after: Json): Json {
  const { id, type, provider } = saved;
  if (!isSame(placeOf(before), placeOf(after))) return { type, provider, ...after };
  const config = without(configOf(after), PLACE_IN_CONFIG);
  return { integrationId: id, type, provider, ...without(after, PLACE), config };
}

function placeOf(request: Json): unknown[] {
  return [...PLACE.map((key) => request[key]), ...PLACE_IN_CONFIG.map((key) => configOf(request)[key])];
}

function configOf({ config }: Json): Json {
  return (config ?? {}) as Json;
}

function without(from: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
}

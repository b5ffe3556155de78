import type { IntegrationView, ProviderDescriptor } from '@integrations/contracts';
import { isSame } from './is-same';

type Json = Readonly<Record<string, unknown>>;

/** Fields for the endpoint, credential and TLS trust. The API refuses them beside a stored credential. */
const PLACE = ['endpoint', 'authRef'] as const;
const PLACE_IN_CONFIG = ['caBundle', 'connection'] as const;

export function newDraft({ type, provider }: ProviderDescriptor, request: Json): Json {
  return { type, provider, ...request };
}

/**
 * The test request for a registration that is being edited. It uses the stored credential, unless the user has changed
 * the credential or where it is sent.
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

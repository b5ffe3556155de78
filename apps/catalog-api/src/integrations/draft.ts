import type { Validated } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import { placeIn, type ProviderRegistry } from '@integrations/providers';
import { isUUID } from 'class-validator';
import { isObject } from './merge-patch';
import { readRegistration, type Registration } from './registration';
import { findSecrets } from './secret-scan';

/** For a draft without a name: nobody gets to see it. */
const UNNAMED = 'draft';

/** The integration whose stored credential a draft is to be tested with; null: the draft brings its own. */
export function readSavedId(body: unknown): Validated<string | null> {
  if (!isObject(body)) return { ok: false, errors: [{ field: '', message: 'must be a JSON object' }] };
  const given = body['integrationId'] ?? null;
  if (given === null) return { ok: true, value: null };
  if (isUUID(given)) return { ok: true, value: String(given).toLowerCase() };
  return { ok: false, errors: [{ field: 'integrationId', message: 'must be a UUID' }] };
}

/**
 * Reads the body of `POST /integrations/test`, as for create, into what the health-worker is asked. It refuses what must
 * not be given beside a saved credential: it is the one that would use it, whoever asks.
 */
export function readDraft(
  body: unknown,
  saved: IntegrationRow | null,
  registry: ProviderRegistry,
): Validated<Record<string, unknown>> {
  const secrets = findSecrets(body);
  if (secrets.length > 0) return { ok: false, errors: secrets };

  const { integrationId: _, name, ...fields } = isObject(body) ? body : {};
  const named = { ...fields, name: name ?? UNNAMED };
  const checked = readRegistration(saved ? { ...named, ...placeOf(saved, fields, registry) } : named, registry);
  if (!checked.ok) return checked;
  return { ok: true, value: saved ? besideSaved(saved, fields) : onItsOwn(checked.value, fields) };
}

/** Where the saved integration is and how its server is trusted, in the words of a registration. */
function placeOf(saved: IntegrationRow, { config }: Record<string, unknown>, registry: ProviderRegistry): object {
  const { endpoint, authRef } = saved;
  const isDefault = endpoint === registry.find(saved.provider)?.defaultEndpoint;
  return {
    endpoint: isDefault ? null : endpoint,
    authRef,
    config: isObject(config) ? { ...config, ...placeIn(saved.config) } : config,
  };
}

function besideSaved({ id }: IntegrationRow, fields: Record<string, unknown>): Record<string, unknown> {
  const { provider, endpoint, authRef, config } = fields;
  return { integrationId: id, provider, endpoint, authRef, config };
}

function onItsOwn({ provider, endpoint, authRef, config }: Registration, fields: Record<string, unknown>) {
  // The default need not be an address that a caller could give, `memory://local` for example; the worker knows it too.
  const given = (fields['endpoint'] ?? null) !== null;
  return { provider, config, authRef, endpoint: given ? endpoint : null };
}

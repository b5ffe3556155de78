import type { Validated } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import { placeIn, type ProviderRegistry } from '@integrations/providers';
import { isUUID } from 'class-validator';
import { isObject } from './merge-patch';
import { readRegistration, type Registration } from './registration';
import { findSecrets } from './secret-scan';

/** Placeholder for a draft without a name. It is not shown anywhere. */
const UNNAMED = 'draft';

/** The id of the integration whose stored credential the draft uses; null if the draft has its own. */
export function readSavedId(body: unknown): Validated<string | null> {
  if (!isObject(body)) return { ok: false, errors: [{ field: '', message: 'must be a JSON object' }] };
  const given = body['integrationId'] ?? null;
  if (given === null) return { ok: true, value: null };
  if (isUUID(given)) return { ok: true, value: String(given).toLowerCase() };
  return { ok: false, errors: [{ field: 'integrationId', message: 'must be a UUID' }] };
}

/**
 * Turns the body of `POST /integrations/test`, validated as for create, into the request to the health-worker. The
 * worker uses the saved credential for any caller, so it is also the one that refuses fields not allowed beside it.
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
  return { ok: true, value: saved ? draftOfSaved(saved, fields) : draftOfNew(checked.value, fields) };
}

/** The endpoint, credential and TLS trust of the saved integration, as fields of a registration. */
function placeOf(saved: IntegrationRow, { config }: Record<string, unknown>, registry: ProviderRegistry): object {
  const { endpoint, authRef } = saved;
  const isDefault = endpoint === registry.find(saved.provider)?.defaultEndpoint;
  return {
    endpoint: isDefault ? null : endpoint,
    authRef,
    config: isObject(config) ? { ...config, ...placeIn(saved.config) } : config,
  };
}

function draftOfSaved({ id }: IntegrationRow, fields: Record<string, unknown>): Record<string, unknown> {
  const { provider, endpoint, authRef, config } = fields;
  return { integrationId: id, provider, endpoint, authRef, config };
}

function draftOfNew({ provider, endpoint, authRef, config }: Registration, fields: Record<string, unknown>) {
  // A default endpoint may be one that callers must not send, such as `memory://local`. The worker knows the default.
  const given = (fields['endpoint'] ?? null) !== null;
  return { provider, config, authRef, endpoint: given ? endpoint : null };
}

import { isDeepStrictEqual } from 'node:util';
import { UpdateIntegrationRequest, validate, type Validated } from '@integrations/contracts';
import type { IntegrationChanges, IntegrationRow } from '@integrations/database';
import type { ProviderRegistry } from '@integrations/providers';
import { maintenanceOf, patchMaintenance } from './maintenance';
import { isObject, mergePatch } from './merge-patch';
import { errorsOf, readRegistration, type Registration } from './registration';
import { findSecrets } from './secret-scan';

export interface Changes {
  /** The columns that change; empty if nothing does. */
  readonly values: IntegrationChanges;
  /** The same changes, by the names of the API. */
  readonly fields: readonly string[];
}

const CHANGEABLE = [
  'name',
  'description',
  'endpoint',
  'authRef',
  'config',
  'tags',
  'posting',
  'intervalSeconds',
] as const;

/** Reads a merge patch for a row. The result must be valid as a new registration. */
export function readChanges(
  body: unknown,
  row: IntegrationRow,
  registry: ProviderRegistry,
  now: Date,
): Validated<Changes> {
  const patch = withoutSameEndpoint(body, row);
  const secrets = findSecrets(patch);
  if (secrets.length > 0) return { ok: false, errors: secrets };
  const shape = validate(UpdateIntegrationRequest, patch, { nullRemoves: true });
  if (!shape.ok) return shape;
  const { maintenance, ...ofRegistration } = patch as Record<string, unknown>;
  const patched = readRegistration(mergePatch(documentOf(row, registry), ofRegistration), registry);
  const window = maintenanceChanges(row, maintenance, now);
  if (!patched.ok || !window.ok) return { ok: false, errors: [...errorsOf(patched), ...errorsOf(window)] };
  const { values, fields } = differences(row, patched.value);
  const moved = window.value !== null;
  return {
    ok: true,
    value: { values: { ...values, ...window.value }, fields: moved ? [...fields, 'maintenance'] : fields },
  };
}

/** Ignores an unchanged endpoint, which may be one that callers must not send, such as `memory://local`. */
function withoutSameEndpoint(patch: unknown, row: IntegrationRow): unknown {
  if (!isObject(patch) || patch['endpoint'] !== row.endpoint) return patch;
  const { endpoint: _, ...rest } = patch;
  return rest;
}

/** The changes of the maintenance window; null if it stays as it is. */
function maintenanceChanges(row: IntegrationRow, patch: unknown, now: Date): Validated<IntegrationChanges | null> {
  const current = maintenanceOf(row, now);
  const wanted = patch === undefined ? { ok: true as const, value: current } : patchMaintenance(current, patch, now);
  if (!wanted.ok) return wanted;
  if (isDeepStrictEqual(wanted.value, current)) return { ok: true, value: null };
  const { until, reason } = wanted.value ?? { until: null, reason: null };
  return { ok: true, value: { maintenanceUntil: until === null ? null : new Date(until), maintenanceReason: reason } };
}

/** The row as the body of the request that would create it. */
function documentOf(row: IntegrationRow, registry: ProviderRegistry): object {
  const { name, type, provider, config, tags, enabled, posting } = row;
  const isDefault = row.endpoint === registry.find(provider)?.defaultEndpoint;
  return {
    name,
    type,
    provider,
    config,
    tags,
    enabled,
    posting,
    healthCheck: { intervalSeconds: row.intervalSeconds },
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.authRef === null ? {} : { authRef: row.authRef }),
    // A default endpoint may be one that callers must not send, such as `memory://local`.
    ...(isDefault ? {} : { endpoint: row.endpoint }),
  };
}

function differences(row: IntegrationRow, wanted: Registration): Changes {
  const changed = CHANGEABLE.filter((property) => !isDeepStrictEqual(row[property], wanted[property]));
  return {
    values: Object.fromEntries(changed.map((property) => [property, wanted[property]])),
    fields: changed.map((property) => (property === 'intervalSeconds' ? 'healthCheck' : property)),
  };
}

import { type IntegrationHealth, type IntegrationView, isStale, staleFrom } from '@integrations/contracts';
import type { HealthSummary, IntegrationRow } from '@integrations/database';
import type { ProviderRegistry } from '@integrations/providers';
import { maintenanceOf } from './maintenance';

export function toView(
  row: IntegrationRow,
  health: HealthSummary | undefined,
  registry: ProviderRegistry,
  now: Date,
): IntegrationView {
  const { intervalSeconds, maintenanceUntil, maintenanceReason, createdAt, updatedAt, deletedAt, ...fields } = row;
  return {
    ...fields,
    maintenance: maintenanceOf({ maintenanceUntil, maintenanceReason }, now),
    healthCheck: { intervalSeconds },
    // Without its plugin loaded, a provider has no capabilities.
    capabilities: registry.find(row.provider)?.capabilities ?? [],
    health: toHealth(health, now),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(deletedAt ? { deletedAt: deletedAt.toISOString() } : {}),
  };
}

/** Health as the API shows it. A stale status is shown as `unknown`, since the moment it became stale. */
export function toHealth(health: HealthSummary | undefined, now: Date): IntegrationHealth {
  if (!health) return NEVER_CHECKED;
  const { status: lastStatus, code, message, since, checkedAt, intervalSeconds, flapping, latencyMs } = health;
  const stale = isStale(checkedAt, intervalSeconds, now);
  return {
    status: stale ? 'unknown' : lastStatus,
    lastStatus,
    ...{ code, message },
    since: (stale ? staleFrom(checkedAt, intervalSeconds) : since).toISOString(),
    checkedAt: checkedAt.toISOString(),
    ...{ stale, flapping, latencyMs },
  };
}

const NEVER_CHECKED: IntegrationHealth = {
  status: 'unknown',
  lastStatus: null,
  code: null,
  message: null,
  since: null,
  checkedAt: null,
  stale: false,
  flapping: false,
  latencyMs: null,
};

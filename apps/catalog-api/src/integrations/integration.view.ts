import type { IntegrationHealth, IntegrationView } from '@integrations/contracts';
import type { HealthRow, IntegrationRow } from '@integrations/database';
import type { ProviderRegistry } from '@integrations/providers';
import { maintenanceOf } from './maintenance';

/** After so many intervals without a check, what was last known is called stale. */
const STALE_AFTER_INTERVALS = 3;

export function toView(
  row: IntegrationRow,
  health: HealthRow | undefined,
  registry: ProviderRegistry,
  now: number,
): IntegrationView {
  const { intervalSeconds, maintenanceUntil, maintenanceReason, createdAt, updatedAt, deletedAt, ...fields } = row;
  return {
    ...fields,
    maintenance: maintenanceOf({ maintenanceUntil, maintenanceReason }, new Date(now)),
    healthCheck: { intervalSeconds },
    // A provider whose plugin is not loaded any more can do nothing here.
    capabilities: registry.find(row.provider)?.capabilities ?? [],
    health: toHealth(row, health, now),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(deletedAt ? { deletedAt: deletedAt.toISOString() } : {}),
  };
}

export function toHealth(
  { intervalSeconds }: Pick<IntegrationRow, 'intervalSeconds'>,
  health: HealthRow | undefined,
  now: number,
): IntegrationHealth {
  if (!health) {
    return {
      status: 'unknown',
      code: null,
      message: null,
      since: null,
      checkedAt: null,
      stale: false,
      latencyMs: null,
    };
  }
  const { status, code, message, since, checkedAt, latencyMs } = health;
  const stale = now - checkedAt.getTime() > STALE_AFTER_INTERVALS * intervalSeconds * 1_000;
  return { status, code, message, since: since.toISOString(), checkedAt: checkedAt.toISOString(), stale, latencyMs };
}

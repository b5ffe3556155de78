import type { StateBucket } from '@integrations/bus';
import { type IntegrationSnapshot, stateKey } from '@integrations/contracts';
import type { IntegrationState, SnapshotPosition, SnapshotSink } from '@integrations/database';
import type { ProviderRegistry } from '@integrations/providers';

/** Keeps snapshots in the bucket of the bus. */
export function snapshotSink(bucket: StateBucket, providers: Pick<ProviderRegistry, 'find'>): SnapshotSink {
  return {
    status: async () => {
      const { createdAt, messages, last } = await bucket.status();
      return { identity: createdAt, size: messages, writes: last };
    },
    forEach: (visit) =>
      bucket.forEach(({ key, value }) => {
        const sequence = (value as Partial<IntegrationSnapshot> | null)?.sequence;
        // An unreadable snapshot counts as older than everything, and so is written again.
        visit(positionOf(key), typeof sequence === 'number' ? sequence : -1);
      }),
    put: (states) =>
      bucket.putAll(
        states.map((state) => ({
          key: stateKey(state.tenantId, state.integrationId),
          value: toSnapshot(state, providers),
        })),
      ),
    remove: (positions) =>
      bucket.deleteAll(positions.map(({ tenantId, integrationId }) => stateKey(tenantId, integrationId))),
  };
}

function toSnapshot(state: IntegrationState, providers: Pick<ProviderRegistry, 'find'>): IntegrationSnapshot {
  const { integrationId, intervalSeconds, maintenanceUntil, maintenanceReason, ...rest } = state;
  const { createdAt, updatedAt, health, ...fields } = rest;
  return {
    id: integrationId,
    ...fields,
    maintenance: maintenanceUntil && { until: maintenanceUntil.toISOString(), reason: maintenanceReason },
    healthCheck: { intervalSeconds },
    capabilities: providers.find(state.provider)?.capabilities ?? [],
    health: health
      ? { ...health, since: health.since.toISOString(), checkedAt: health.checkedAt.toISOString() }
      : {
          status: 'unknown',
          code: null,
          message: null,
          since: null,
          checkedAt: null,
          flapping: false,
          latencyMs: null,
        },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function positionOf(key: string): SnapshotPosition {
  const dot = key.lastIndexOf('.');
  return { tenantId: key.slice(0, dot), integrationId: key.slice(dot + 1) };
}

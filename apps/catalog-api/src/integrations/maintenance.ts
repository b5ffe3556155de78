import { type FieldError, type Maintenance, MAX_MAINTENANCE_DAYS, type Validated } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import { mergePatch } from './merge-patch';

type Window = Pick<IntegrationRow, 'maintenanceUntil' | 'maintenanceReason'>;

const DAY_MS = 86_400_000;

/** The current maintenance window; null if there is none or it has ended. */
export function maintenanceOf({ maintenanceUntil, maintenanceReason }: Window, now: Date): Maintenance | null {
  if (!maintenanceUntil || maintenanceUntil <= now) return null;
  return { until: maintenanceUntil.toISOString(), reason: maintenanceReason };
}

/** Applies a merge patch of valid shape to the current window. */
export function patchMaintenance(
  current: Maintenance | null,
  patch: unknown,
  now: Date,
): Validated<Maintenance | null> {
  const { until, reason } = (mergePatch(current, patch) ?? {}) as Partial<Maintenance>;
  if (patch === null) return { ok: true, value: null };
  if (until === undefined) return refused('is required: it is the end of the maintenance');
  const ends = Date.parse(until);
  if (ends <= now.getTime()) return refused('must lie in the future');
  if (ends > now.getTime() + MAX_MAINTENANCE_DAYS * DAY_MS) {
    return refused(`must be at most ${MAX_MAINTENANCE_DAYS} days from now`);
  }
  return { ok: true, value: { until: new Date(ends).toISOString(), reason: reason ?? null } };
}

function refused(message: string): { readonly ok: false; readonly errors: readonly FieldError[] } {
  return { ok: false, errors: [{ field: 'maintenance.until', message }] };
}

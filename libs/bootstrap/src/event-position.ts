import { type EventPosition, SYSTEM_INTEGRATION } from '@integrations/database';
import { isUUID } from 'class-validator';

/** Null of what is no event of ours, for one that somebody published by hand. Those of the platform are of no integration. */
export function positionOf(body: unknown): EventPosition | null {
  const { integrationId = SYSTEM_INTEGRATION, sequence } = (body ?? {}) as Partial<
    Record<keyof EventPosition, unknown>
  >;
  if (typeof integrationId !== 'string' || !isUUID(integrationId)) return null;
  return Number.isSafeInteger(sequence) ? { integrationId, sequence: Number(sequence) } : null;
}

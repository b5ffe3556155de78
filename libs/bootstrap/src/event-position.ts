import { type EventPosition, SYSTEM_INTEGRATION } from '@integrations/database';
import { isUUID } from 'class-validator';

/** Null if the message is not an event of ours, for example published by hand. Events of the platform have no integration. */
export function positionOf(body: unknown): EventPosition | null {
  const { integrationId = SYSTEM_INTEGRATION, sequence } = (body ?? {}) as Partial<
    Record<keyof EventPosition, unknown>
  >;
  if (typeof integrationId !== 'string' || !isUUID(integrationId)) return null;
  return Number.isSafeInteger(sequence) ? { integrationId, sequence: Number(sequence) } : null;
}

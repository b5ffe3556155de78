import { secretParts } from '@integrations/secrets';
import type { Scrubber } from '@integrations/telemetry';

/** Tells the scrubber what a tenant's secret or minted token is, and what of it is secret by itself: of a cloud's keys, each. */
export function hideFrom(
  scrubber: Pick<Scrubber, 'add'>,
): (secret: string, tenantId: string, expiresAt?: Date) => void {
  return (secret, tenantId, expiresAt) => {
    for (const part of [secret, ...secretParts(secret)]) scrubber.add(part, tenantId, expiresAt);
  };
}

import { secretParts } from '@integrations/secrets';
import type { Scrubber } from '@integrations/telemetry';

/** Registers a tenant's secret or minted token with the scrubber, and each secret part of it, such as each key of a cloud. */
export function hideFrom(
  scrubber: Pick<Scrubber, 'add'>,
): (secret: string, tenantId: string, expiresAt?: Date) => void {
  return (secret, tenantId, expiresAt) => {
    for (const part of [secret, ...secretParts(secret)]) scrubber.add(part, tenantId, expiresAt);
  };
}

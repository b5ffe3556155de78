import type { ProbePermissions } from '@integrations/contracts';

/** Compares required with granted permissions, for vendors whose permissions are plain names that do not overlap. */
export function comparePermissions(
  required: readonly string[],
  granted: readonly string[],
  how: ProbePermissions['how'],
): ProbePermissions {
  const missing = required.filter((one) => !granted.includes(one));
  return { required, granted, missing, excess: granted.filter((one) => !required.includes(one)), how };
}

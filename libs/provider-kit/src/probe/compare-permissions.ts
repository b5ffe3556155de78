import type { ProbePermissions } from '@integrations/contracts';

/** What is required beside what is granted, where each has one name and none holds another. */
export function comparePermissions(
  required: readonly string[],
  granted: readonly string[],
  how: ProbePermissions['how'],
): ProbePermissions {
  const missing = required.filter((one) => !granted.includes(one));
  return { required, granted, missing, excess: granted.filter((one) => !required.includes(one)), how };
}

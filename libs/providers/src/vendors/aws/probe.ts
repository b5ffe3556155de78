import type { ProbePermissions } from '@integrations/contracts';
import { nullIf } from '@integrations/provider-kit';
import { isDenied } from './errors';

/** Null if AWS itself denies access; a denial by a proxy is thrown. */
export const asDenied = nullIf(isDenied);

/** Reads `arn:aws:sts::111122223333:assumed-role/name/session` or `arn:aws:iam::111122223333:user/name`. */
export function principalOf(arn: string): { readonly id: string; readonly kind: string } {
  return { id: arn, kind: kindOf(arn) };
}

function kindOf(arn: string): string {
  const kind = arn.split(':')[5]?.split('/')[0] ?? '';
  if (kind === 'assumed-role') return 'role';
  return ['user', 'root', 'federated-user'].includes(kind) ? kind : 'unknown';
}

/** AWS does not list a caller's other permissions, so `excess` stays empty. */
export function permissionsOf(required: readonly string[], granted: readonly string[]): ProbePermissions {
  const missing = required.filter((action) => !granted.includes(action));
  return { required, granted, missing, excess: [], how: 'observed' };
}

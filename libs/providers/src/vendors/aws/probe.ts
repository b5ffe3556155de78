import type { ProbePermissions } from '@integrations/contracts';
import { hasCode, ProbeFailure, type ProviderError } from '@integrations/provider-kit';
import { faultOf } from './errors';

/** AWS tells a credential that is over, and a clock that is wrong, from one that is no good. */
export async function explained(stage: () => Promise<void>): Promise<void> {
  try {
    await stage();
  } catch (error) {
    const fault = faultOf(error);
    if (!fault?.isAboutTime && !fault?.isExpiry) throw error;
    const code = fault.isAboutTime ? 'clock_skew' : 'credential_expired';
    throw new ProbeFailure(code, (error as ProviderError).message, { cause: error });
  }
}

/** The value, or null where AWS, and not what stands in between, says that it is not allowed. */
export async function unlessDenied<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (faultOf(error) && hasCode(error, 'permission_missing')) return null;
    throw error;
  }
}

/** Of `arn:aws:sts::111122223333:assumed-role/name/session`, `arn:aws:iam::111122223333:user/name`. */
export function principalOf(arn: string): { readonly id: string; readonly kind: string } {
  return { id: arn, kind: kindOf(arn) };
}

function kindOf(arn: string): string {
  const kind = arn.split(':')[5]?.split('/')[0] ?? '';
  if (kind === 'assumed-role') return 'role';
  return ['user', 'root', 'federated-user'].includes(kind) ? kind : 'unknown';
}

/** AWS tells nobody what he may do beside: `excess` stays empty. */
export function permissionsOf(required: readonly string[], granted: readonly string[]): ProbePermissions {
  const missing = required.filter((action) => !granted.includes(action));
  return { required, granted, missing, excess: [], how: 'observed' };
}

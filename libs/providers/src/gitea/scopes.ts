import type { Capability, ProbePermissions } from '@integrations/contracts';

/** The scopes that annotating needs. A scope for writing includes the one for reading. */
export const REQUIRED_SCOPES = ['read:user', 'write:repository', 'write:issue'];

/** `held`: all scopes of the token; null if Gitea does not report them, so that only the required ones are known. */
export function permissionsOf(missing: readonly string[], held: readonly string[] | null): ProbePermissions {
  const granted = held ?? REQUIRED_SCOPES.filter((scope) => !missing.includes(scope));
  return {
    required: REQUIRED_SCOPES,
    granted: [...granted].sort(),
    missing: [...missing],
    excess: granted.filter((scope) => !REQUIRED_SCOPES.includes(scope)).sort(),
    how: 'dry_run',
  };
}

export function capabilitiesOf(missing: readonly string[], mayList: boolean): Capability[] {
  const mayComment = !missing.includes('write:issue');
  const maySetStatuses = !missing.includes('write:repository');
  return [
    ...(mayComment ? (['comment'] as const) : []),
    ...(maySetStatuses ? (['status'] as const) : []),
    ...(mayComment && maySetStatuses ? (['check_run'] as const) : []),
    ...(mayList ? (['repositories'] as const) : []),
  ];
}

import type { Capability, ProbePermissions } from '@integrations/contracts';

/** What annotating needs of a token, and what a test proves. */
export const REQUIRED_SCOPES = ['api', 'read_repository', 'write_repository'];

/** Scopes that hold others. https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes */
const HOLDS: Readonly<Record<string, readonly string[]>> = {
  api: ['read_api', 'read_user', 'read_repository', 'write_repository'],
  read_api: ['read_user'],
  write_repository: ['read_repository'],
};

export function permissionsOf(scopes: readonly string[]): ProbePermissions {
  const held = heldBy(scopes);
  return {
    required: REQUIRED_SCOPES,
    granted: [...scopes].sort(),
    missing: REQUIRED_SCOPES.filter((scope) => !held.has(scope)),
    excess: scopes.filter((scope) => !REQUIRED_SCOPES.includes(scope)).sort(),
    how: 'introspection',
  };
}

export function capabilitiesOf(scopes: readonly string[]): Capability[] {
  const held = heldBy(scopes);
  return [
    ...(held.has('api') ? (['comment', 'status', 'check_run'] as const) : []),
    ...(held.has('read_api') ? (['repositories'] as const) : []),
  ];
}

function heldBy(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => [scope, ...(HOLDS[scope] ?? [])]));
}

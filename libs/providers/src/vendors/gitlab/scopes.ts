import type { ProbePermissions } from '@integrations/contracts';

/**
 * Scopes that include others. https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes
 */
const INCLUDED_SCOPES: Readonly<Record<string, readonly string[]>> = {
  api: ['read_api', 'read_user', 'read_repository', 'write_repository'],
  read_api: ['read_user'],
  write_repository: ['read_repository'],
};

/**
 * True if the scopes say nothing about what the token may do: fine-grained tokens have permissions instead, which
 * GitLab does not report. https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens/
 */
export function isFineGrained(scopes: readonly string[]): boolean {
  return scopes.length > 0 && scopes.every((scope) => scope === 'granular');
}

/** Compares a token's scopes with those required. */
export function permissionsOf(required: readonly string[], scopes: readonly string[]): ProbePermissions {
  const held = heldBy(scopes);
  return {
    required,
    granted: [...scopes].sort(),
    missing: required.filter((scope) => !held.has(scope)),
    excess: scopes.filter((scope) => !required.includes(scope)).sort(),
    how: 'introspection',
  };
}

/** The scopes of a token, and the scopes that these include. */
export function heldBy(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => [scope, ...(INCLUDED_SCOPES[scope] ?? [])]));
}

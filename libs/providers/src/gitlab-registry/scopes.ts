import type { Capability, ProbePermissions } from '@integrations/contracts';
import { comparePermissions } from '@integrations/provider-kit';

const READ_REGISTRY = 'read_registry';
const READ_API = 'read_api';
/** The first is for pulling, the second for listing. */
export const REQUIRED = [READ_REGISTRY, READ_API];
/** All capabilities except listing images. */
export const READING: readonly Capability[] = ['tags', 'digest', 'referrers'];

/**
 * Scopes that include others. https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes
 */
const INCLUDED_SCOPES: Readonly<Record<string, readonly string[]>> = {
  api: [READ_API, READ_REGISTRY],
  [READ_API]: [READ_REGISTRY],
};
/** The scopes that the registry's actions correspond to. */
const SCOPE_OF: Readonly<Record<string, string>> = { pull: READ_REGISTRY, push: 'write_registry' };

/** For a token whose scopes GitLab reports. */
export function permissionsOf(scopes: readonly string[]): ProbePermissions {
  const held = heldBy(scopes);
  return {
    ...{ required: REQUIRED, granted: scopes, how: 'introspection' },
    missing: REQUIRED.filter((scope) => !held.has(scope)),
    excess: scopes.filter((scope) => !REQUIRED.includes(scope)),
  };
}

export function capabilitiesOf(scopes: readonly string[]): Capability[] {
  const held = heldBy(scopes);
  return [...(held.has(READ_API) ? (['repositories'] as const) : []), ...(held.has(READ_REGISTRY) ? READING : [])];
}

/** For other tokens, by the actions that the registry allows on an image. */
export function permissionsBy(actions: readonly string[]): ProbePermissions {
  const granted = actions.map((action) => SCOPE_OF[action] ?? action);
  return comparePermissions([READ_REGISTRY], granted, 'token_claims');
}

function heldBy(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => [scope, ...(INCLUDED_SCOPES[scope] ?? [])]));
}

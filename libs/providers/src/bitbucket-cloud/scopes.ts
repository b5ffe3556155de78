import type { Capability, ProbePermissions } from '@integrations/contracts';

/** The scopes that annotating needs, and that a test verifies. */
export const REQUIRED_SCOPES = ['repository', 'pullrequest'];

/**
 * What each scope allows us to do. OAuth consumers and access tokens have the short names, some of which include
 * others. API tokens have the long names, none of which includes another. Commenting and setting statuses need only the
 * scopes for reading. https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
 */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  repository: ['repository'],
  'repository:write': ['repository'],
  pullrequest: ['pullrequest', 'repository'],
  'pullrequest:write': ['pullrequest', 'repository'],
  'read:repository:bitbucket': ['repository'],
  'write:repository:bitbucket': ['repository'],
  'read:pullrequest:bitbucket': ['pullrequest'],
  'write:pullrequest:bitbucket': ['pullrequest'],
};

/** Scopes that allow listing the account's workspaces; API tokens need a different one to read the account itself. */
const WORKSPACES = ['account', 'read:workspace:bitbucket'];
/** Scopes that are not required but used if present, to read our account and our workspaces. */
const OPTIONAL_SCOPES = [...WORKSPACES, 'read:user:bitbucket', 'read:account', 'email', 'read:me'];

export function permissionsOf(scopes: readonly string[]): ProbePermissions {
  const held = heldBy(scopes);
  const isReading = (scope: string) => REQUIRED_SCOPES.includes(scope) || /^read:(repository|pullrequest):/.test(scope);
  return {
    required: REQUIRED_SCOPES,
    granted: [...scopes].sort(),
    missing: REQUIRED_SCOPES.filter((scope) => !held.has(scope)),
    excess: scopes.filter((scope) => !isReading(scope) && !OPTIONAL_SCOPES.includes(scope)).sort(),
    how: 'introspection',
  };
}

export function capabilitiesOf(scopes: readonly string[]): Capability[] {
  const held = heldBy(scopes);
  return [
    ...(held.has('pullrequest') ? (['comment'] as const) : []),
    ...(held.has('repository') ? (['status', 'check_run', 'repositories'] as const) : []),
  ];
}

/** True if the account's workspaces may be listed, or if that is unknown because the scopes are (null). */
export function mayListWorkspaces(scopes: readonly string[] | null): boolean {
  return scopes === null || scopes.some((scope) => WORKSPACES.includes(scope));
}

function heldBy(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => GRANTS[scope] ?? []));
}

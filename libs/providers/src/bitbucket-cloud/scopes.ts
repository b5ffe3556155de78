import type { Capability, ProbePermissions } from '@integrations/contracts';

/** What annotating needs of a credential, and what a test proves. */
export const REQUIRED_SCOPES = ['repository', 'pullrequest'];

/**
 * What each scope lets us do. OAuth consumers and access tokens have the short names, of which some hold others; API
 * tokens have the long ones, of which each stands alone. To comment takes no more than to read, and so do statuses.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
 */
const HOLDS: Readonly<Record<string, readonly string[]>> = {
  repository: ['repository'],
  'repository:write': ['repository'],
  pullrequest: ['pullrequest', 'repository'],
  'pullrequest:write': ['pullrequest', 'repository'],
  'read:repository:bitbucket': ['repository'],
  'write:repository:bitbucket': ['repository'],
  'read:pullrequest:bitbucket': ['pullrequest'],
  'write:pullrequest:bitbucket': ['pullrequest'],
};

/** API tokens tell the account with one scope and its workspaces with another. */
const WORKSPACES = ['account', 'read:workspace:bitbucket'];
/** More than is required, and used where it is there: who we are, and our workspaces. */
const USED = [...WORKSPACES, 'read:user:bitbucket', 'read:account', 'email', 'read:me'];

export function permissionsOf(scopes: readonly string[]): ProbePermissions {
  const held = heldBy(scopes);
  const isReading = (scope: string) => REQUIRED_SCOPES.includes(scope) || /^read:(repository|pullrequest):/.test(scope);
  return {
    required: REQUIRED_SCOPES,
    granted: [...scopes].sort(),
    missing: REQUIRED_SCOPES.filter((scope) => !held.has(scope)),
    excess: scopes.filter((scope) => !isReading(scope) && !USED.includes(scope)).sort(),
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

/** Whether it may be asked in which workspaces the account is; `scopes`: null where they are not told. */
export function mayListWorkspaces(scopes: readonly string[] | null): boolean {
  return scopes === null || scopes.some((scope) => WORKSPACES.includes(scope));
}

function heldBy(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => HOLDS[scope] ?? []));
}

import type { ProbePermissions } from '@integrations/contracts';
import { comparePermissions } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { pageOf } from './repository';

/**
 * The permissions that annotating requires. A token with read permission can only pull and clone; pull request actions
 * require write permission.
 * https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
 */
export const REQUIRED_PERMISSIONS = ['REPO_READ', 'REPO_WRITE'];

const PERMISSIONS = [...REQUIRED_PERMISSIONS, 'REPO_ADMIN'];

/** Bitbucket does not report what a token may do, but it lists the repositories for which it has a given permission. */
export async function permissionsOf(client: BitbucketClient, signal: AbortSignal): Promise<ProbePermissions> {
  const granted: string[] = [];
  for (const permission of PERMISSIONS) {
    const query = { permission, limit: '1' };
    const { data } = await client.call({ method: 'GET', path: '/rest/api/latest/repos', query }, signal);
    if (pageOf(data, 'the request for repositories').values.length === 0) break;
    granted.push(permission);
  }
  return comparePermissions(REQUIRED_PERMISSIONS, granted, 'introspection');
}

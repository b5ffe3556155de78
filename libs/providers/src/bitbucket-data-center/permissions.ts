import type { ProbePermissions } from '@integrations/contracts';
import { comparePermissions } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { pageOf } from './repository';

/**
 * What annotating needs of a token, by Atlassian's words on tokens: reading alone is for pulling and cloning.
 * https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
 */
export const REQUIRED_PERMISSIONS = ['REPO_READ', 'REPO_WRITE'];

const PERMISSIONS = [...REQUIRED_PERMISSIONS, 'REPO_ADMIN'];

/** Bitbucket does not tell what a token may do, but lists the repositories where it may. */
export async function permissionsOf(client: BitbucketClient, signal: AbortSignal): Promise<ProbePermissions> {
  const granted: string[] = [];
  for (const permission of PERMISSIONS) {
    const query = { permission, limit: '1' };
    const { data } = await client.call({ method: 'GET', path: '/rest/api/latest/repos', query }, signal);
    if (pageOf(data, 'the question for repositories').values.length === 0) break;
    granted.push(permission);
  }
  return comparePermissions(REQUIRED_PERMISSIONS, granted, 'introspection');
}

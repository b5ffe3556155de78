import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, type FakeConnection } from '../fake-vendor/connection';
import { type FakeBitbucketCloud, type FakeChangedFile, startFakeBitbucketCloud } from './index';

export const OWNER = 'acme';
export const REPOSITORY = 'shop';
export const PULL_REQUEST = 7;
export const HEAD_SHA = 'a'.repeat(40);
/** A commit without a pull request. */
const LONE_SHA = 'e'.repeat(40);

/** A secret of each kind, as stored in a secret store. */
export const API_TOKEN = 'bot@acme.example:ATATT3xFfGF0-0123456789';
export const ACCESS_TOKEN = 'ATCTT3xFfGN0-0123456789';
export const WORKSPACE_TOKEN = 'ATCTT3xFfGN0-9876543210';
export const CONSUMER = 'kQ7hZr2bV9xLw3Tn5c:s3cr3tOfTheConsumer0123456789abcd';

/** A repository with a pull request whose diff is `files`, two more in two workspaces, and a credential of each kind. */
export function startAcme(options: { readonly files?: readonly FakeChangedFile[] } = {}): Promise<FakeBitbucketCloud> {
  const { files = [] } = options;
  return startFakeBitbucketCloud({
    credentials: {
      [API_TOKEN]: {
        kind: 'api_token',
        scopes: [
          'read:user:bitbucket',
          'read:workspace:bitbucket',
          'read:repository:bitbucket',
          'read:pullrequest:bitbucket',
        ],
      },
      [ACCESS_TOKEN]: { kind: 'repo_access_token', scopes: ['repository', 'pullrequest'] },
      [WORKSPACE_TOKEN]: { kind: 'workspace_access_token', scopes: ['repository', 'pullrequest', 'account'] },
      [CONSUMER]: { kind: 'oauth2', scopes: ['account', 'repository', 'pullrequest'] },
    },
    repositories: [
      {
        workspace: OWNER,
        slug: REPOSITORY,
        commits: [LONE_SHA],
        pullRequests: [{ id: PULL_REQUEST, headSha: HEAD_SHA, files }],
      },
      { workspace: OWNER, slug: 'docs' },
      { workspace: 'globex', slug: 'site' },
    ],
  });
}

/** The caller owns the egress client and closes it. */
export function connect<C extends object>(
  { url }: FakeBitbucketCloud,
  egress: EgressClient,
  options: { readonly config: C; readonly secret: string; readonly endpoint?: string },
): FakeConnection<C> {
  return connectTo(egress, { endpoint: url, ...options });
}

/** A file of `count` added lines. */
export function added(path: string, count: number): FakeChangedFile {
  return { path, patch: `@@ -0,0 +1,${count} @@\n${'+line\n'.repeat(count)}` };
}

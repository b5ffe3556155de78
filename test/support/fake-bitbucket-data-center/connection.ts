import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, type FakeConnection } from '../fake-vendor/connection';
import {
  type FakeBitbucketDataCenter,
  type FakeBitbucketOptions,
  type FakeChangedFile,
  startFakeBitbucketDataCenter,
} from './index';

/** The key of a project. */
export const OWNER = 'ACME';
export const REPOSITORY = 'shop';
/** A person's own project. */
export const PERSONAL = '~alice';
export const PULL_REQUEST = 7;
export const HEAD_SHA = 'a'.repeat(40);
/** A commit without a pull request. */
const LONE_SHA = 'e'.repeat(40);
/** A personal token. */
export const TOKEN = 'MDM0MjM5NDc2MDxxLOFAKETOKEN0123456789';
/** A project's token, which has its own hidden user. */
export const PROJECT_TOKEN = 'MTIzNDU2Nzg5MDEyFAKEPROJECTTOKEN01234';

interface ConnectOptions<C extends object> {
  readonly config: C;
  readonly token?: string;
  readonly endpoint?: string;
}

/** A project's repository with a pull request whose diff is `files`, a person's repository with one, and two more. */
export function startAcme(
  options: Partial<FakeBitbucketOptions> & { readonly files?: readonly FakeChangedFile[] } = {},
): Promise<FakeBitbucketDataCenter> {
  const { files = [], ...others } = options;
  const pullRequests = [{ id: PULL_REQUEST, headSha: HEAD_SHA, files }];
  return startFakeBitbucketDataCenter({
    tokens: {
      [TOKEN]: { id: 42, name: 'scanner bot', type: 'NORMAL' },
      [PROJECT_TOKEN]: { id: 77, name: 'access-token-user/1/77', type: 'SERVICE' },
    },
    repositories: [
      { projectKey: OWNER, slug: REPOSITORY, commits: [LONE_SHA], pullRequests },
      { projectKey: PERSONAL, slug: 'tools', pullRequests },
      { projectKey: OWNER, slug: 'docs' },
      { projectKey: 'OPEN', slug: 'site', isPublic: true, permission: null },
    ],
    ...others,
  });
}

/** The caller owns the egress client and closes it. */
export function connect<C extends object>(
  bitbucket: FakeBitbucketDataCenter,
  egress: EgressClient,
  { endpoint = bitbucket.url, config, token = TOKEN }: ConnectOptions<C>,
): FakeConnection<C> {
  return connectTo(egress, { endpoint, config, secret: token });
}

/** A file of `count` added lines. */
export function added(path: string, count: number): FakeChangedFile {
  return { path, patch: `@@ -0,0 +1,${count} @@\n${'+line\n'.repeat(count)}` };
}

import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, type FakeConnection } from '../fake-vendor/connection';
import { type FakeGitea, type FakeGiteaOptions, startFakeGitea } from './index';

export const OWNER = 'acme';
export const REPOSITORY = 'shop';
export const PULL_REQUEST = 7;
export const HEAD_SHA = 'a'.repeat(40);
/** A commit without a pull request. */
export const LONE_SHA = 'e'.repeat(40);
export const TOKEN = '0123456789abcdef0123456789abcdef01234567';
const SCOPES = ['read:user', 'write:issue', 'write:repository'];

interface ConnectOptions<C extends object> {
  readonly config: C;
  readonly token?: string;
  readonly endpoint?: string;
}

/** A repository with a pull request whose diff is `diff`, and two more repositories. */
export function startAcme(options: Partial<FakeGiteaOptions> & { readonly diff?: string } = {}): Promise<FakeGitea> {
  const { diff = '', ...others } = options;
  const pulls = [{ number: PULL_REQUEST, head: HEAD_SHA, diff }];
  return startFakeGitea({
    tokens: { [TOKEN]: SCOPES },
    repositories: [
      { owner: OWNER, name: REPOSITORY, commits: [LONE_SHA], pulls },
      { owner: 'platform', name: 'docs', visibility: 'public' },
      { owner: OWNER, name: 'handbook', visibility: 'internal' },
    ],
    ...others,
  });
}

/** The caller owns the egress client and closes it. */
export function connect<C extends object>(
  gitea: FakeGitea,
  egress: EgressClient,
  { endpoint = gitea.url, config, token = TOKEN }: ConnectOptions<C>,
): FakeConnection<C> {
  return connectTo(egress, { endpoint, config, secret: token });
}

/** The diff of a file whose lines are all new. */
export function added(path: string, count: number): string {
  const head = `diff --git a/${path} b/${path}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/${path}\n`;
  return `${head}@@ -0,0 +1,${count} @@\n${'+line\n'.repeat(count)}`;
}

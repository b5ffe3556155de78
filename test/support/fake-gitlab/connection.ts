import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, type FakeConnection } from '../fake-vendor/connection';
import { type FakeChangedFile, type FakeGitLab, type FakeGitLabOptions, startFakeGitLab } from './index';

/** A group within a group. */
export const OWNER = 'acme/platform';
export const REPOSITORY = 'shop';
export const PROJECT = `${OWNER}/${REPOSITORY}`;
export const FORK = 'alice/shop';
export const MERGE_REQUEST = 7;
/** A merge request from the fork. */
const FORK_MERGE_REQUEST = 8;
export const HEAD_SHA = 'a'.repeat(40);
export const FORK_SHA = 'f'.repeat(40);
/** A commit without a merge request or a pipeline. */
export const LONE_SHA = 'e'.repeat(40);
export const TOKEN = 'glpat-0123456789abcdefghij';
export const JOB_TOKEN = 'glcbt-64_0123456789abcdefg';

interface ConnectOptions<C extends object> {
  readonly config: C;
  readonly token?: string;
  readonly endpoint?: string;
}

/** A project in a nested group with a merge request whose diff is `files` and one from a fork, and two more projects. */
export function startAcme(
  options: Partial<FakeGitLabOptions> & { readonly files?: readonly FakeChangedFile[] } = {},
): Promise<FakeGitLab> {
  const { files = [], ...others } = options;
  return startFakeGitLab({
    tokens: { [TOKEN]: { kind: 'access' }, [JOB_TOKEN]: { kind: 'job' } },
    projects: [
      {
        path: PROJECT,
        pipelines: [{ sha: HEAD_SHA, ref: 'topic-7', source: 'push' }],
        commits: [{ sha: LONE_SHA, branches: ['main'] }],
        mergeRequests: [
          { iid: MERGE_REQUEST, headSha: HEAD_SHA, files },
          { iid: FORK_MERGE_REQUEST, headSha: FORK_SHA, from: FORK },
        ],
      },
      { path: FORK, commits: [{ sha: FORK_SHA, branches: ['topic-8'] }] },
      { path: 'acme/docs' },
    ],
    ...others,
  });
}

/** The caller owns the egress client and closes it. */
export function connect<C extends object>(
  gitlab: FakeGitLab,
  egress: EgressClient,
  { endpoint = gitlab.url, config, token = TOKEN }: ConnectOptions<C>,
): FakeConnection<C> {
  return connectTo(egress, { endpoint, config, secret: token });
}

/** A file of `count` added lines. */
export function added(path: string, count: number): FakeChangedFile {
  return { old_path: path, new_path: path, diff: `@@ -0,0 +1,${count} @@\n${'+line\n'.repeat(count)}` };
}

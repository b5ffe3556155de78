import type { EgressClient } from '@integrations/provider-kit';
import { PROJECT, TOKEN } from '../../../../../test/support/fake-gitlab/connection';
import {
  type FakeGitLab,
  type FakeGitLabOptions,
  startFakeGitLab,
} from '../../../../../test/support/fake-gitlab/index';
import { connectTo } from '../../../../../test/support/fake-vendor/connection';
import { GitLabCiConfig } from '../config';

export const [FIRST_SHA, SECOND_SHA] = ['a'.repeat(40), 'b'.repeat(40)] as const;

/** A token that may read, a project with three runs, one without CI/CD, and one without any run. */
export function startAcme(options: Partial<FakeGitLabOptions> = {}): Promise<FakeGitLab> {
  const at = (minute: number) => ({ source: 'push', createdAt: `2026-11-26T07:0${minute}:00.000+00:00` });
  return startFakeGitLab({
    tokens: { [TOKEN]: { kind: 'access', scopes: ['read_api'] } },
    projects: [
      {
        path: PROJECT,
        pipelines: [
          { ...at(1), sha: FIRST_SHA, ref: 'main', status: 'failed' },
          { ...at(2), sha: FIRST_SHA, ref: 'main', status: 'success' },
          { ...at(3), sha: SECOND_SHA, ref: 'refs/merge-requests/7/head' },
        ],
      },
      { path: 'acme/wiki', hasCi: false },
      { path: 'acme/docs' },
    ],
    ...options,
  });
}

/** The caller owns the egress client and closes it. */
export function connect(gitlab: FakeGitLab, egress: EgressClient) {
  return connectTo(egress, { endpoint: gitlab.url, config: new GitLabCiConfig(), secret: TOKEN });
}

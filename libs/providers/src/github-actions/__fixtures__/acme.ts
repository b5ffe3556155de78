import type { EgressClient } from '@integrations/provider-kit';
import {
  APP_ID,
  APP_KEY,
  connect as connectTo,
  INSTALLATION_ID,
  OWNER,
  REPOSITORY,
} from '../../../../../test/support/fake-github/connection';
import { type FakeGitHub, startFakeGitHub } from '../../../../../test/support/fake-github/index';

export const SHOP = `${OWNER}/${REPOSITORY}`;
export const [FIRST_SHA, SECOND_SHA] = ['a'.repeat(40), 'b'.repeat(40)] as const;

/**
 * An app that may read Actions, installed on acme: a repository with two workflows, and two repositories with fewer.
 */
export function startAcme(options: { readonly basePath?: string } = {}): Promise<FakeGitHub> {
  const at = (minute: number) => `2026-11-26T07:0${minute}:00Z`;
  return startFakeGitHub({
    ...{ appId: APP_ID, publicKey: APP_KEY.publicKey, ...options },
    installations: [
      {
        ...{ id: INSTALLATION_ID, account: OWNER, permissions: { actions: 'read', metadata: 'read' } },
        repositories: [
          {
            name: REPOSITORY,
            workflows: [
              {
                name: 'CI',
                runs: [
                  { sha: FIRST_SHA, createdAt: at(1), conclusion: 'failure' },
                  { sha: SECOND_SHA, createdAt: at(3) },
                ],
              },
              { name: 'Release', runs: [{ sha: FIRST_SHA, createdAt: at(2) }] },
            ],
          },
          { name: 'empty' },
          { name: 'docs', workflows: [{ name: 'Pages', state: 'disabled_inactivity' }] },
        ],
      },
    ],
  });
}

/** The caller owns the egress client and closes it. */
export function connect(github: FakeGitHub, egress: EgressClient) {
  const config = { appId: String(APP_ID), installationId: INSTALLATION_ID };
  return connectTo(github, egress, { config });
}

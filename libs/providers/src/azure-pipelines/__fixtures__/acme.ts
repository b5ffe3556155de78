import type { EgressClient } from '@integrations/provider-kit';
import {
  connect as connectTo,
  PROJECT,
  REPOSITORY,
  startAcme as startWith,
} from '../../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps, FakeAzureDevOpsOptions } from '../../../../../test/support/fake-azure-devops/index';
import { AzureDevOpsConfig } from '../../vendors/azure-devops/config';

export const [FIRST_SHA, SECOND_SHA] = ['a'.repeat(40), 'b'.repeat(40)] as const;
export const PIPELINE = `${PROJECT}/12`;

/** A project with pipelines for a repository of its own and for one at GitHub, and a project with a paused pipeline. */
export function startAcme(options: Partial<FakeAzureDevOpsOptions> = {}): Promise<FakeAzureDevOps> {
  const at = (minute: number) => `2026-11-26T07:0${minute}:00.1234567Z`;
  return startWith({
    scopes: ['vso.project', 'vso.build', 'vso.code'],
    projects: [
      {
        name: PROJECT,
        repositories: [{ name: REPOSITORY }],
        definitions: [
          {
            ...{ id: 12, name: 'CI', path: '\\nightly' },
            builds: [
              { queueTime: at(1), sourceVersion: FIRST_SHA, result: 'failed' },
              { queueTime: at(2), sourceVersion: FIRST_SHA },
              { queueTime: at(4), sourceVersion: SECOND_SHA, startTime: at(5), finishTime: at(6) },
            ],
          },
          {
            ...{ id: 13, name: 'Web', repository: { type: 'GitHub', name: 'acme/web' } },
            builds: [{ queueTime: at(3), sourceVersion: FIRST_SHA, sourceBranch: 'refs/pull/7/merge' }],
          },
        ],
      },
      {
        name: 'Docs',
        repositories: [{ name: 'shop' }],
        definitions: [{ id: 14, name: 'Site', queueStatus: 'paused' }],
      },
    ],
    ...options,
  });
}

/** The caller owns the egress client and closes it. */
export function connect(azure: FakeAzureDevOps, egress: EgressClient) {
  return connectTo(azure, egress, { config: new AzureDevOpsConfig() });
}

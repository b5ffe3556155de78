import type { ProbeVerdict } from '@integrations/contracts';
import {
  type IntegrationConfig,
  ProbeFailure,
  type ProviderDeps,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { GitLabClient } from '../vendors/gitlab/client';
import { permissionsOf } from '../vendors/gitlab/scopes';
import { checkToken, type Needs, OTHER_PRODUCT, testToken } from '../vendors/gitlab/token-probe';
import type { GitLabConfig } from './config';

/** What annotating needs: scopes limit what a token may do, the role limits where. */
export const NEEDS: Needs = {
  scopes: ['api', 'read_repository', 'write_repository'],
  capabilities: [
    ['api', 'comment'],
    ['api', 'status'],
    ['api', 'check_run'],
    ['read_api', 'repositories'],
  ],
  role: {
    level: 30,
    lacking: "The token's user has the role Developer in no project: statuses and remarks need that role",
  },
};

type Integration = IntegrationConfig<GitLabConfig>;

/**
 * A deep test: the token's scopes, its user, the instance, and whether the user may set statuses anywhere. Reads only.
 */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  if (integration.config.tokenHeader === 'JOB-TOKEN') return probeJob(integration, deps, signal);
  return testToken(integration, deps, NEEDS, signal);
}

/** A cheap check: one call, for the token. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  if (integration.config.tokenHeader === 'JOB-TOKEN') return probeJob(integration, deps, signal);
  return checkToken(integration, deps, NEEDS, signal);
}

/** A CI job token can read its own job, but do nothing that annotating needs. */
function probeJob(integration: Integration, deps: ProviderDeps, signal: AbortSignal) {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      identity: async (probe) => {
        // Gitbeaker's own method for this call looks for the token where we do not put it.
        const client = new GitLabClient(integration, probe.deps);
        const answer = client.call({ method: 'GET', path: '/job' }, probe.signal);
        const { data } = await recognise(answer, OTHER_PRODUCT);
        const job = data as { readonly id?: unknown; readonly user?: { readonly username?: string } };
        if (typeof job.id !== 'number') throw new ProbeFailure('not_this_product', OTHER_PRODUCT);
        probe.note({ principal: { id: job.user?.username ?? `job ${job.id}`, kind: 'ci_job' } });
      },
      permissions: async ({ note }) => {
        const warning = 'A CI job token can read merge requests but post nothing: use a project access token';
        note({ permissions: permissionsOf(NEEDS.scopes, []), capabilities: [], warnings: [warning] });
      },
    },
  });
}

import type { ProbeVerdict } from '@integrations/contracts';
import {
  actionsIn,
  enterRegistry,
  type IntegrationConfig,
  noteRegistry,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  pullImage,
  readImage,
  recognise,
  repositoryScope,
  runProbe,
} from '@integrations/provider-kit';
import { isFineGrained } from '../vendors/gitlab/scopes';
import { asUndescribed, judgeToken, kindOf, type Token } from '../vendors/gitlab/token';
import { type GitLabRegistryClient, isDeployToken, openGitLabRegistry } from './client';
import type { GitLabRegistryConfig } from './config';
import { capabilitiesOf, permissionsBy, permissionsOf, READING } from './scopes';

const NO_GITLAB =
  'config.gitlabUrl does not serve the GitLab API. Use the address of the GitLab web pages, such as https://gitlab.com';

type Integration = IntegrationConfig<GitLabRegistryConfig>;

/** A deep test: the registry, the token's user, scopes and expiry, and whether the canary may be pulled. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: GitLabRegistryClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: (probe) => enter(probe, (client = openGitLabRegistry(integration, probe.deps))),
      identity: (probe) => identify(probe, client),
      permissions: async (probe) => {
        const { canary } = integration.config;
        await prove(probe, client, canary);
        if (canary !== undefined) await pullImage(probe, client.registry, canary);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** A cheap check: resolves the canary's digest, or calls `/v2/` if there is no canary. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const { registry } = openGitLabRegistry(integration, probe.deps);
        await (canary === undefined ? enterRegistry(probe, registry) : pullImage(probe, registry, canary));
        noteRegistry(probe, registry);
      },
    },
  });
}

async function enter(probe: Probe, { registry }: GitLabRegistryClient): Promise<void> {
  const { headers } = await enterRegistry(probe, registry);
  const version = headers['gitlab-container-registry-version'];
  const server = { product: 'GitLab Container Registry', ...(version ? { version } : {}) };
  probe.note({ server });
}

/** The registry's token names the user; GitLab's API would require a scope for that. */
async function identify({ note, signal }: Probe, { authorizer, credentials }: GitLabRegistryClient): Promise<void> {
  const credential = await credentials.get(signal);
  if (credential?.kind !== 'basic') return;
  const subject = (await authorizer.claims([], signal))?.subject;
  const id = subject ?? credential.username;
  note({ principal: { id, kind: isDeployToken(credential) ? 'deploy_token' : kindOf(id) } });
}

async function prove(probe: Probe, client: GitLabRegistryClient, canary: string | undefined): Promise<void> {
  const isForRegistry = isDeployToken(await client.credentials.get(probe.signal));
  const token = isForRegistry ? null : await tokenOf(probe, client);
  if (token) judgeToken(probe, token);
  if (token && !isFineGrained(token.scopes)) {
    return probe.note({ permissions: permissionsOf(token.scopes), capabilities: capabilitiesOf(token.scopes) });
  }
  if (isForRegistry) probe.note({ capabilities: READING });
  const claims = canary === undefined ? null : await claimsFor(probe, client, readImage(canary).repository);
  const granted = actionsIn(claims);
  if (granted) return probe.note({ permissions: permissionsBy(granted) });
  probe.note({ warnings: ['GitLab does not report what this kind of token may do: set config.canary to an image'] });
}

function claimsFor({ signal }: Probe, { authorizer }: GitLabRegistryClient, repository: string) {
  return authorizer.claims([repositoryScope(repository, ['pull', 'push'])], signal);
}

/** Null if GitLab does not describe the token. */
async function tokenOf({ signal }: Probe, client: GitLabRegistryClient): Promise<Token | null> {
  const answer = await recognise(client.ask('/personal_access_tokens/self', signal), NO_GITLAB).catch(asUndescribed);
  if (!answer) return null;
  const { scopes } = (answer.data ?? {}) as Partial<Token>;
  if (!Array.isArray(scopes)) throw new ProbeFailure('not_this_product', NO_GITLAB);
  return answer.data as Token;
}

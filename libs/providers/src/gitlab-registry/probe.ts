import type { ProbeVerdict } from '@integrations/contracts';
import {
  actionsIn,
  enterRegistry,
  hasStatus,
  type IntegrationConfig,
  noteExpiry,
  noteRegistry,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  ProviderError,
  pullImage,
  readImage,
  recognise,
  repositoryScope,
  runProbe,
} from '@integrations/provider-kit';
import { isPermissionLacked } from '../vendors/gitlab/errors';
import { isFineGrained } from '../vendors/gitlab/scopes';
import { type GitLabRegistryClient, isDeployToken, openGitLabRegistry } from './client';
import type { GitLabRegistryConfig } from './config';
import { capabilitiesOf, permissionsBy, permissionsOf, READING } from './scopes';

const NO_GITLAB =
  'config.gitlabUrl does not serve the GitLab API. Use the address of the GitLab web pages, such as https://gitlab.com';

type Integration = IntegrationConfig<GitLabRegistryConfig>;

/** The fields we use of a token. */
interface Token {
  readonly scopes: readonly string[];
  readonly active?: boolean;
  readonly revoked?: boolean;
  readonly expires_at?: string | null;
}

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

/**
 * Project and group tokens have a bot user each. https://docs.gitlab.com/user/project/settings/project_access_tokens/
 */
function kindOf(username: string): string {
  if (/^project_\d+_bot/.test(username)) return 'project_access_token';
  if (/^group_\d+_bot/.test(username)) return 'group_access_token';
  return username.startsWith('service_account_') ? 'bot' : 'user';
}

async function prove(probe: Probe, client: GitLabRegistryClient, canary: string | undefined): Promise<void> {
  const isForRegistry = isDeployToken(await client.credentials.get(probe.signal));
  const token = isForRegistry ? null : await tokenOf(probe, client);
  if (token) judge(probe, token);
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

/**
 * Null if GitLab does not describe the token: an OAuth token, or a fine-grained one without permission to read itself.
 */
async function tokenOf({ signal }: Probe, client: GitLabRegistryClient): Promise<Token | null> {
  const answer = await recognise(client.ask('/personal_access_tokens/self', signal), NO_GITLAB).catch(asUndescribed);
  if (!answer) return null;
  const { scopes } = (answer.data ?? {}) as Partial<Token>;
  if (!Array.isArray(scopes))
    throw new ProviderError('provider_unavailable', 'GitLab did not send the scopes of the token');
  return answer.data as Token;
}

function asUndescribed(error: unknown): null {
  if (isPermissionLacked(error) || hasStatus(error, 400)) return null;
  throw error;
}

function judge(probe: Probe, { active, revoked, expires_at }: Token): void {
  // A token expires at the start of the day, UTC.
  const expiresAt = Date.parse(`${expires_at}T00:00:00Z`);
  if (!Number.isNaN(expiresAt)) noteExpiry(probe, 'The token', expiresAt);
  if (revoked) throw new ProbeFailure('credential_disabled', 'The token is revoked');
  if (active === false) throw new ProbeFailure('credential_expired', 'The token is no longer active');
}

import { isIP } from 'node:net';
import type { ProbePermissions, ProbeVerdict } from '@integrations/contracts';
import {
  enterRegistry,
  grantedBy,
  hasCode,
  type IntegrationConfig,
  noteRegistry,
  noteUnproven,
  nullIf,
  type Probe,
  type ProviderDeps,
  pullImage,
  readImage,
  repositoryScope,
  runProbe,
} from '@integrations/provider-kit';
import { type DockerHubClient, openDockerHub, wholeName } from './client';
import type { DockerHubConfig } from './config';

const PUBLIC_READ = 'repo:public_read';
export const REQUIRED = [PUBLIC_READ];
/** Each level includes the ones before it. https://docs.docker.com/security/access-tokens/reference/ */
const READING = [PUBLIC_READ, 'repo:read'];
const LEVELS = [...READING, 'repo:write', 'repo:admin'];
/** The level that an action of the registry corresponds to. */
const LEVEL_OF: Readonly<Record<string, string>> = { pull: 'repo:read', push: 'repo:write', delete: 'repo:admin' };
/** Docker's image for asking how many pulls are left. https://docs.docker.com/docker-hub/usage/pulls/ */
const PREVIEW = 'ratelimitpreview/test';

type Integration = IntegrationConfig<DockerHubConfig>;

/** Thorough: checks the registry, the token's owner and rights, the canary and the pull quota. Spends no pull. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: DockerHubClient;
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: async (probe) => {
        client = openDockerHub(integration, probe.deps);
        await enterRegistry(probe, client.registry);
        probe.note({ server: { product: 'Docker Hub' } });
      },
      identity: (probe) => identify(probe, client),
      permissions: (probe) => prove(probe, client, canaryOf(integration)),
      quota: async (probe) => {
        await askForQuota(probe, client);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: checks the canary, which does not count as a pull, or `/v2/` if no canary is configured. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const canary = canaryOf(integration);
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: async (probe) => {
        const { registry } = openDockerHub(integration, probe.deps);
        await (canary === undefined ? enterRegistry(probe, registry) : pullImage(probe, registry, canary));
        noteRegistry(probe, registry);
      },
    },
  });
}

function canaryOf({ config }: Integration): string | undefined {
  return config.canary === undefined ? undefined : wholeName(config.canary);
}

/** The Hub accepts a personal access token under any user name, so its owner is taken from the Hub's token. */
async function identify({ note, signal }: Probe, { credentials, hub }: DockerHubClient): Promise<void> {
  const credential = await credentials.get(signal);
  if (credential?.kind !== 'basic') return note({ principal: { id: 'anonymous', kind: 'anonymous' } });
  const claims = await hub.claims(signal);
  const kind = credential.password.startsWith('dckr_oat_') ? 'organization' : 'user';
  note({ principal: { id: claims?.username ?? credential.username, kind } });
}

async function prove(probe: Probe, client: DockerHubClient, canary: string | undefined): Promise<void> {
  const granted = await grantedTo(probe, client, canary);
  if (granted) probe.note({ permissions: permissionsOf(granted) });
  if (granted && !isEnough(granted)) return; // which fails the stage
  if (canary !== undefined) return pullImage(probe, client.registry, canary);
  noteUnproven(probe);
}

/** Passwords and organization access tokens list no scopes; the registry's token shows their rights on the canary. */
async function grantedTo(
  { note, signal, secret }: Probe,
  { authorizer, hub }: DockerHubClient,
  canary: string | undefined,
): Promise<readonly string[] | null> {
  if (!secret) return null;
  const scopes = (await hub.claims(signal))?.scopes ?? [];
  if (scopes.some((scope) => scope.startsWith('repo:'))) {
    if (!scopes.some((scope) => scope !== PUBLIC_READ))
      note({ warnings: ['The token reads public repositories only'] });
    return scopes;
  }
  if (canary === undefined) return null;
  const claims = await authorizer.claims([repositoryScope(readImage(canary).repository, ['pull', 'push'])], signal);
  const actions = claims && grantedBy(claims);
  return actions?.map((action) => LEVEL_OF[action.slice(action.lastIndexOf(':') + 1)] ?? action) ?? null;
}

function permissionsOf(granted: readonly string[]): ProbePermissions {
  const missing = isEnough(granted) ? [] : REQUIRED;
  const excess = granted.filter((scope) => !READING.includes(scope));
  return { required: REQUIRED, granted, missing, excess, how: 'token_claims' };
}

function isEnough(granted: readonly string[]): boolean {
  return granted.some((scope) => LEVELS.includes(scope));
}

/** Uses a HEAD, which does not count as a pull. */
async function askForQuota({ note, secret, signal }: Probe, { registry }: DockerHubClient): Promise<void> {
  const request = { method: 'HEAD', path: `/v2/${PREVIEW}/manifests/latest`, accept: '*/*' } as const;
  const answer = await registry.send({ ...request, scopes: [repositoryScope(PREVIEW)] }, signal).catch(unlessDenied);
  const source = answer?.headers['docker-ratelimit-source'];
  if (!secret || source === undefined || isIP(source) === 0) return;
  note({ warnings: ['Docker Hub counts pulls by our address, like anonymous ones, although there is a credential'] });
}

/** For `catch`: an organization access token may cover only the organization's own images. */
const unlessDenied = nullIf((error) => hasCode(error, 'permission_missing'));

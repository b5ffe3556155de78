import type { Capability, ProbeVerdict } from '@integrations/contracts';
import {
  actionsIn,
  claimsOf,
  comparePermissions,
  enterRegistry,
  hasCode,
  type IntegrationConfig,
  judgeExpiry,
  noteRegistry,
  noteUnproven,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  pullImage,
  readImage,
  repositoryScope,
  runProbe,
} from '@integrations/provider-kit';
import { type OciClient, openRegistry } from './client';
import type { OciConfig } from './config';

const PULL = 'pull';
/** Required on the canary's repository. */
export const REQUIRED = [PULL];
const READING: readonly Capability[] = ['tags', 'digest', 'referrers'];
/** How registries answer for a catalog that the credential may not read, or that does not exist. */
const NO_CATALOG = [
  'unauthenticated',
  'permission_missing',
  'not_found_or_no_access',
  'unsupported_operation',
] as const;

type Integration = IntegrationConfig<OciConfig>;

/** Thorough: checks the registry, our identity, whether the canary can be pulled, and other rights. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: OciClient;
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: (probe) => enter(probe, (client = openRegistry(integration, probe.deps))),
      identity: (probe) => identify(probe, client),
      permissions: async (probe) => {
        await prove(probe, client, integration.config);
        await noteCatalog(probe, client);
        await rejectUnusedCredential(probe, client);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: checks the canary, or `/v2/` if no canary is configured. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: async (probe) => {
        const client = openRegistry(integration, probe.deps);
        if (integration.config.canary === undefined) await enter(probe, client);
        else await pullImage(probe, client.registry, integration.config.canary);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

async function enter(probe: Probe, { registry, credentials }: OciClient): Promise<void> {
  const credential = await credentials.get(probe.signal);
  const expiresAt = credential?.kind === 'bearer' ? claimsOf(credential.token)?.expiresAt : undefined;
  if (expiresAt !== undefined) judgeExpiry(probe, expiresAt);
  await enterRegistry(probe, registry);
  probe.note({ server: { product: 'OCI registry' } });
}

async function identify(probe: Probe, { authorizer, credentials }: OciClient): Promise<void> {
  const credential = await credentials.get(probe.signal);
  if (!credential) return probe.note({ principal: { id: 'anonymous', kind: 'anonymous' } });
  const claims = credential.kind === 'bearer' ? claimsOf(credential.token) : await authorizer.claims([], probe.signal);
  const id = claims?.subject ?? (credential.kind === 'basic' ? credential.username : null);
  if (id !== null) probe.note({ principal: { id, kind: credential.kind === 'basic' ? 'user' : 'token' } });
}

async function prove(probe: Probe, client: OciClient, { canary }: OciConfig): Promise<void> {
  if (canary === undefined) {
    noteUnproven(probe);
    return;
  }
  const granted = await grantedFor(probe, client, readImage(canary).repository);
  if (granted) probe.note({ permissions: comparePermissions(REQUIRED, granted, 'token_claims') });
  if (granted && !granted.includes(PULL)) return; // which fails the stage
  await pullImage(probe, client.registry, canary);
  if (!granted) probe.note({ permissions: comparePermissions(REQUIRED, REQUIRED, 'observed') });
}

/** Which of pull, push and delete the token server grants; null if its tokens do not say. The token is not used. */
async function grantedFor(probe: Probe, { authorizer }: OciClient, repository: string): Promise<string[] | null> {
  const claims = await authorizer.claims([repositoryScope(repository, [PULL, 'push', 'delete'])], probe.signal);
  return actionsIn(claims);
}

async function noteCatalog(probe: Probe, { registry }: OciClient): Promise<void> {
  try {
    await registry.listRepositories({ limit: 1, cursor: null, q: null }, probe.signal);
    probe.note({ capabilities: ['repositories', ...READING] });
  } catch (error) {
    if (!hasCode(error, ...NO_CATALOG)) throw error;
    probe.note({ capabilities: READING });
  }
}

/** If the registry never asked for the credential, the test has proven nothing about it. */
async function rejectUnusedCredential({ signal }: Probe, { authorizer, credentials }: OciClient): Promise<void> {
  const credential = await credentials.get(signal);
  if (!credential || credential.kind === 'bearer') return;
  if ((await authorizer.challenges(signal)).length > 0) return;
  throw new ProbeFailure('anonymous_only', 'The registry asks for no credential: it is open to everyone');
}

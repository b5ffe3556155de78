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
/** On the canary's repository. */
export const REQUIRED = [PULL];
const READING: readonly Capability[] = ['tags', 'digest', 'referrers'];
/** What the catalog says to whom it is not for, and where there is none. */
const NO_CATALOG = [
  'unauthenticated',
  'permission_missing',
  'not_found_or_no_access',
  'unsupported_operation',
] as const;

type Integration = IntegrationConfig<OciConfig>;

/** Deep: the registry, who it takes us for, whether the canary may be pulled and what else is allowed. Reads only. */
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
        await refuseUnasked(probe, client);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: the canary, or the registry's door where there is none. */
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
  const told = credential.kind === 'bearer' ? claimsOf(credential.token) : await authorizer.claims([], probe.signal);
  const id = told?.subject ?? (credential.kind === 'basic' ? credential.username : null);
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

/** The actions that the token server would allow at most; null where its tokens do not say. The token is sent nowhere. */
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

/** With a credential that no place has asked for, nothing is known of it. */
async function refuseUnasked({ signal }: Probe, { authorizer, credentials }: OciClient): Promise<void> {
  const credential = await credentials.get(signal);
  if (!credential || credential.kind === 'bearer') return;
  if ((await authorizer.challenges(signal)).length > 0) return;
  throw new ProbeFailure('anonymous_only', 'The registry asks for no credential, and is open to all');
}

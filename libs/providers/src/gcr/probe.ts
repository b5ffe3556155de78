import type { ProbeVerdict } from '@integrations/contracts';
import {
  claimsOf,
  comparePermissions,
  enterRegistry,
  hasCode,
  noteRegistry,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  pullImage,
  runProbe,
} from '@integrations/provider-kit';
import { type GcrClient, openGcr } from './client';
import type { GcrIntegration } from './config';
import { readKey } from './service-account-key';
import { holderOf } from './token-info';

const PULL = 'artifactregistry.repositories.downloadArtifacts';
const LIST = 'artifactregistry.packages.list';
export const REQUIRED = [PULL, LIST];
/** Permissions that are excess for a platform that only reads. */
const EXCESS = [
  'artifactregistry.repositories.uploadArtifacts',
  'artifactregistry.repositories.deleteArtifacts',
  'artifactregistry.repositories.delete',
];

/** Thorough: checks the registry, our identity, our permissions on the repository and the canary. Reads only. */
export function testConnection(
  integration: GcrIntegration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: GcrClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: (probe) => enter(probe, (client = openGcr(integration, probe.deps)), integration),
      identity: (probe) => identify(probe, integration),
      permissions: async (probe) => {
        const { registry, artifacts } = client;
        const granted = await artifacts.permitted([...REQUIRED, ...EXCESS], probe.signal);
        if (granted === null)
          return probe.note({ warnings: ['The project has no repository of images at that location'] });
        probe.note({
          permissions: comparePermissions(REQUIRED, granted, 'introspection'),
          capabilities: capabilitiesOf(granted),
        });
        const { canary } = integration.config;
        if (canary !== undefined && granted.includes(PULL)) await pullImage(probe, registry, canary);
        noteRegistry(probe, registry);
      },
    },
  });
}

/** Cheap: checks the canary, or `/v2/` if no canary is configured. */
export function checkHealth(
  integration: GcrIntegration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const client = openGcr(integration, probe.deps);
        if (canary === undefined) await enter(probe, client, integration);
        else
          await pullImage(probe, client.registry, canary).catch((error: unknown) => explain(error, probe, integration));
        noteRegistry(probe, client.registry);
      },
    },
  });
}

async function enter(probe: Probe, { registry }: GcrClient, integration: GcrIntegration): Promise<void> {
  await enterRegistry(probe, registry).catch((error: unknown) => explain(error, probe, integration));
  probe.note({ server: { product: 'Google Artifact Registry' } });
}

/** A workload token's own claims reveal that it has expired. */
function explain(error: unknown, { deps, secret }: Probe, { config }: GcrIntegration): never {
  if (!hasCode(error, 'unauthenticated')) throw error;
  const expiresAt = config.secretKind === 'federated_token' ? claimsOf(secret?.reveal() ?? '')?.expiresAt : undefined;
  if (expiresAt === undefined || expiresAt > deps.clock.now()) throw error;
  throw new ProbeFailure('credential_expired', error.message, { cause: error });
}

async function identify({ note, secret, deps, signal }: Probe, integration: GcrIntegration): Promise<void> {
  const { secretKind, serviceAccount } = integration.config;
  const revealed = secret?.reveal() ?? '';
  if (secretKind === 'service_account_key') return note(principalOf(readKey(revealed).email));
  if (serviceAccount !== undefined) return note(principalOf(serviceAccount));
  if (secretKind === 'access_token') {
    const holder = await holderOf(revealed, integration, deps, signal);
    return note(holder === null ? {} : principalOf(holder));
  }
  const subject = claimsOf(revealed)?.subject;
  if (subject !== undefined) note({ principal: { id: subject, kind: 'workload' } });
}

/** The principal behind an e-mail address or the number of a service account. */
function principalOf(id: string): Pick<ProbeVerdict, 'principal'> {
  const isPerson = id.includes('@') && !id.endsWith('.gserviceaccount.com');
  return { principal: { id, kind: isPerson ? 'user' : 'service_account' } };
}

function capabilitiesOf(granted: readonly string[]): NonNullable<ProbeVerdict['capabilities']> {
  return [
    ...(granted.includes(LIST) ? (['repositories'] as const) : []),
    ...(granted.includes(PULL) ? (['tags', 'digest', 'referrers'] as const) : []),
  ];
}

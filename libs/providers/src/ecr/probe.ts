import type { Capability, ProbeVerdict } from '@integrations/contracts';
import {
  enterRegistry,
  hasCode,
  type IntegrationConfig,
  noteRegistry,
  noteUnproven,
  type Probe,
  type ProviderDeps,
  pullImage,
  readImage,
  runProbe,
} from '@integrations/provider-kit';
import { asDenied, permissionsOf, principalOf } from '../vendors/aws/probe';
import { type EcrClient, openEcr } from './client';
import type { EcrConfig } from './config';
import { placesOf } from './places';
import { listRepositories } from './repositories';

const TOKEN = 'ecr:GetAuthorizationToken';
const PULL = 'ecr:BatchGetImage';
/**
 * Required at a private registry, the second on the canary's repository. Lists need `ecr:ListImages` and
 * `ecr:DescribeRepositories` in addition.
 */
export const REQUIRED = [TOKEN, PULL];
/** At the public registry, anyone may pull. https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html */
const REQUIRED_PUBLIC = ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'];
const READING: readonly Capability[] = ['tags', 'digest', 'referrers'];
const ONE = { limit: 1, cursor: null, q: null };

type Integration = IntegrationConfig<EcrConfig>;

/** Thorough: gets a password for the registry, and checks our identity, the canary and the lists. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: EcrClient;
  return runProbe({
    ...{ deps, signal, requireCredential: !isPublic(integration) },
    stages: {
      credential: (probe) => enter(probe, (client = openEcr(integration, probe.deps))),
      identity: (probe) => identify(probe, client),
      permissions: async (probe) => {
        const reading = await prove(probe, client, integration.config.canary);
        const lists = probe.secret !== null && (await isListed(probe, client, integration.endpoint));
        probe.note({ capabilities: lists ? ['repositories', ...reading] : reading });
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: checks the canary, or `/v2/` if no canary is configured. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: !isPublic(integration) },
    stages: {
      credential: async (probe) => {
        const client = openEcr(integration, probe.deps);
        await (canary === undefined ? enter(probe, client) : pullImage(probe, client.registry, canary));
        noteRegistry(probe, client.registry);
      },
    },
  });
}

function isPublic({ endpoint, config }: Integration): boolean {
  return placesOf(endpoint, config).isPublic;
}

async function enter(probe: Probe, { registry, places }: EcrClient): Promise<void> {
  await enterRegistry(probe, registry);
  probe.note({ server: { product: places.isPublic ? 'Amazon ECR Public' : 'Amazon ECR' } });
}

async function identify(probe: Probe, { identity, places }: EcrClient): Promise<void> {
  if (!probe.secret) return probe.note({ principal: { id: 'anonymous', kind: 'anonymous' } });
  const { account, arn } = await identity.caller(probe.signal);
  probe.note({ principal: principalOf(arn) });
  if (places.account === null || places.account === account) return;
  const warning = `The registry belongs to account ${places.account}, the credential to ${account}: the repositories' policies decide what it may pull`;
  probe.note({ warnings: [warning] });
}

/** Notes the permissions, and returns what may be read as far as that is known. */
async function prove(
  probe: Probe,
  { registry, places }: EcrClient,
  canary: string | undefined,
): Promise<readonly Capability[]> {
  if (canary === undefined) {
    noteUnproven(probe);
    return READING;
  }
  if (places.isPublic) {
    await pullImage(probe, registry, canary);
    if (probe.secret) probe.note({ permissions: permissionsOf(REQUIRED_PUBLIC, REQUIRED_PUBLIC) });
    return READING;
  }
  const pulls = await pullImage(probe, registry, canary).then(() => true, orDenied);
  const { repository } = readImage(canary);
  const lists = await registry.listTags(repository, ONE, probe.signal).then(() => true, orDenied);
  probe.note({ permissions: permissionsOf(REQUIRED, pulls ? REQUIRED : [TOKEN]) });
  return READING.filter((capability) => (capability === 'tags' ? lists : pulls));
}

function orDenied(error: unknown): false {
  if (hasCode(error, 'permission_missing')) return false;
  throw error;
}

async function isListed({ signal }: Probe, client: EcrClient, endpoint: string): Promise<boolean> {
  return (await listRepositories(client, endpoint, ONE, signal).catch(asDenied)) !== null;
}

import type { ProbeVerdict } from '@integrations/contracts';
import {
  enterRegistry,
  type IntegrationConfig,
  noteExpiry,
  noteRegistry,
  noteUnproven,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  pullImage,
  readImage,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { type HarborClient, openHarbor } from './client';
import type { HarborConfig } from './config';
import { brokenComponents, type HarborPrincipal, readInfo, readPrincipal } from './instance';
import { findProject, type HarborProject } from './projects';
import { grantedIn, LIST, permissionsOf, PULL, REQUIRED, robotExpiry, storageUse } from './rights';

export { REQUIRED };
const NOT_HARBOR = 'This address does not serve Harbor 2: /api/v2.0/ must be directly below it';
const NEARLY_FULL = 0.9;

type Integration = IntegrationConfig<HarborConfig>;

/** Thorough: checks Harbor's components, our identity, our rights in the project and its storage use. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { config } = integration;
  let client: HarborClient;
  let principal: HarborPrincipal;
  let project: HarborProject | null = null;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: (probe) => enter(probe, (client = openHarbor(integration, probe.deps))),
      identity: async (probe) => {
        principal = await identify(probe, client);
      },
      permissions: async (probe) => {
        const name = config.project ?? (config.canary && readImage(config.canary).repository.split('/')[0]);
        if (name !== undefined) project = await findProject(client.api, name, probe.signal);
        await prove(probe, client, { principal, project, canary: config.canary });
        if (principal.kind === 'robot') await noteRobotExpiry(probe, client, principal.id, project);
      },
      quota: async (probe) => {
        if (principal.mayAskPermissions && project?.id) await noteStorage(probe, client, project);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: checks the components, the credential at `/v2/`, and the canary, which anyone may pull from a public project. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const client = openHarbor(integration, probe.deps);
        await enter(probe, client);
        if (canary !== undefined) await pullImage(probe, client.registry, canary);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

async function enter(probe: Probe, client: HarborClient): Promise<void> {
  const broken = await recognise(brokenComponents(client, probe.signal), NOT_HARBOR);
  if (!broken) throw new ProbeFailure('not_this_product', NOT_HARBOR);
  probe.note({
    server: { product: 'Harbor' },
    warnings: broken.others.map((name) => `Harbor reports that its ${name} is unhealthy`),
  });
  if (broken.essential.length > 0) {
    throw new ProbeFailure('server_degraded', `Harbor reports that it is unhealthy: ${broken.essential.join(', ')}`);
  }
  await enterRegistry(probe, client.registry);
}

async function identify({ note, signal }: Probe, client: HarborClient): Promise<HarborPrincipal> {
  const info = await readInfo(client, signal);
  const principal = await readPrincipal(client, info, signal);
  const { id, kind, isAdmin } = principal;
  // https://goharbor.io/docs/latest/administration/configure-authentication/oidc-auth/
  const endsWithSession = kind === 'user' && info.authMode === 'oidc_auth';
  note({
    ...{ principal: { id, kind }, ...(info.version ? { server: { product: 'Harbor', version: info.version } } : {}) },
    warnings: [
      ...(info.isReadOnly ? ['Harbor is read-only: nothing can be pushed'] : []),
      ...(isAdmin ? ['The user is an administrator of Harbor: a robot account would have fewer rights'] : []),
      ...(endsWithSession
        ? ["A CLI secret stops working when Harbor cannot renew the user's OIDC session: a robot account does not"]
        : []),
    ],
  });
  return principal;
}

interface Proof {
  readonly principal: HarborPrincipal;
  readonly project: HarborProject | null;
  readonly canary: string | undefined;
}

async function prove(probe: Probe, client: HarborClient, { principal, project, canary }: Proof): Promise<void> {
  const canAsk = principal.mayAskPermissions && project?.id;
  const granted = canAsk ? await grantedIn(client.api, canAsk, probe.signal) : null;
  if (granted) {
    const images = ['tags', 'digest', 'referrers'] as const;
    probe.note({
      permissions: permissionsOf(granted, 'introspection'),
      capabilities: granted.includes(LIST) ? ['repositories', ...images] : images,
    });
    if (!granted.includes(PULL)) return; // which fails the stage
  }
  if (canary !== undefined) await pullImage(probe, client.registry, canary);
  if (granted) return;
  if (canary !== undefined) probe.note({ permissions: permissionsOf([PULL], 'observed') });
  else noteUnproven(probe);
}

async function noteRobotExpiry(
  probe: Probe,
  { api }: HarborClient,
  name: string,
  project: HarborProject | null,
): Promise<void> {
  const expiresAt = await robotExpiry(api, name, project?.id ?? null, probe.signal);
  if (expiresAt !== null) noteExpiry(probe, 'The robot account', expiresAt);
}

async function noteStorage({ note, signal }: Probe, { api }: HarborClient, project: HarborProject): Promise<void> {
  const used = await storageUse(api, project, signal);
  if (used === null || used < NEARLY_FULL) return;
  note({ warnings: [`The project ${project.name} has used ${Math.floor(used * 100)} % of its storage`] });
}

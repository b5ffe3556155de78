import type { ProbeVerdict } from '@integrations/contracts';
import {
  comparePermissions,
  type IntegrationConfig,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { asForbidden, asGone, type Engine, openEngine } from './client';
import type { DockerConfig } from './config';

/** What we read. The engine itself grants no rights; only something in front of it can forbid a call. */
export const REQUIRED = ['containers', 'images'];
/** An id that no image has. */
const NO_IMAGE = `sha256:${'0'.repeat(64)}`;

/** Messages for bad states of a node in its swarm. https://docs.docker.com/engine/swarm */
const SWARM_TROUBLE: Readonly<Record<string, string>> = {
  error: 'The swarm that the engine belongs to has failed: nothing can be scheduled on it',
  locked: 'The swarm that the engine belongs to is locked: it schedules nothing until it is unlocked',
};

/** https://github.com/moby/moby/blob/master/daemon/info.go */
const PORT_WARNINGS = new Map([
  [
    /accessible on http:\S+:(\d+) without encryption/,
    'The engine reports that one of its ports has no TLS: anyone who reaches it may do anything with its machine',
  ],
  [
    /accessible on https:\S+:(\d+) without TLS client verification/,
    'The engine reports that one of its ports asks for no client certificate: anyone who reaches it is let in',
  ],
]);

/** The fields that we use. */
interface Info {
  readonly ServerVersion?: string;
  readonly Warnings?: readonly string[] | null;
  readonly Swarm?: { readonly LocalNodeState?: string };
}

type Integration = IntegrationConfig<DockerConfig>;

/** Thorough: checks the engine's version, exposure and swarm, and whether it can be read. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let engine: Engine;
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: async (probe) => {
        engine = await enter(probe, integration);
      },
      permissions: async (probe) => {
        await notePermissions(probe, engine);
        const info = await engine.get('/info', probe.signal).catch(asForbidden);
        if (info !== null) judgeInfo(probe, integration, engine, info);
      },
    },
  });
}

/** Cheap: one call, which causes no work in the engine. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: async (probe) => {
        const { swarm } = await enter(probe, integration);
        judgeSwarm(swarm);
      },
    },
  });
}

async function enter({ deps, signal, note }: Probe, integration: Integration): Promise<Engine> {
  const message = 'This address does not serve the API of a container engine: /_ping must be directly below it';
  const engine = await recognise(openEngine(integration, deps, signal), message);
  note({ server: engine.server, warnings: exposureOf(integration.endpoint, engine) });
  return engine;
}

/** Anyone who reaches the engine is root on its machine. Warns of a port without TLS or client certificates. */
function exposureOf(endpoint: string, { connection }: Engine): string[] {
  if (endpoint.startsWith('http:')) {
    return ['The engine listens without TLS: anyone who reaches this port may do anything with its machine'];
  }
  if (endpoint.startsWith('https:') && !connection.clientCertificate) {
    return ['The engine let us in without a client certificate, so it lets in anyone who reaches this port'];
  }
  return [];
}

async function notePermissions({ note, signal }: Probe, { get, image }: Engine): Promise<void> {
  const reads = {
    containers: () => get('/containers/json?limit=1', signal),
    // A forbidden call is refused before the engine looks for the image, so an unknown image is enough.
    images: async () => (await image(NO_IMAGE, signal).catch(asGone)) ?? {},
  };
  const granted: string[] = [];
  for (const [name, read] of Object.entries(reads)) {
    if ((await read().catch(asForbidden)) !== null) granted.push(name);
  }
  const permissions = comparePermissions(REQUIRED, granted, 'observed');
  note({ permissions, capabilities: permissions.missing.length === 0 ? ['workloads'] : [] });
}

function judgeInfo({ note }: Probe, { endpoint }: Integration, engine: Engine, info: object): void {
  const { ServerVersion, Warnings, Swarm } = info as Info;
  const reportedPort = exposureOf(endpoint, engine).length > 0 ? new URL(endpoint).port : null;
  note({
    server: { ...engine.server, ...(ServerVersion === undefined ? {} : { version: ServerVersion }) },
    warnings: portWarnings(Warnings ?? [], reportedPort),
  });
  judgeSwarm(Swarm?.LocalNodeState ?? null);
}

/** The engine's warnings about open ports, except `reportedPort`. Its other warnings are about its kernel. */
function portWarnings(said: readonly string[], reportedPort: string | null): string[] {
  const isOtherPort = (port: string | undefined) => port !== undefined && port !== reportedPort;
  return [...PORT_WARNINGS]
    .filter(([words]) => said.some((warning) => isOtherPort(words.exec(warning)?.[1])))
    .map(([, warning]) => warning);
}

function judgeSwarm(state: string | null): void {
  const trouble = SWARM_TROUBLE[state?.split('/')[0] ?? ''];
  if (trouble !== undefined) throw new ProbeFailure('server_degraded', trouble, { status: 'degraded' });
}

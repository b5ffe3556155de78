import type { Capability, ProbeVerdict } from '@integrations/contracts';
import {
  comparePermissions,
  hasStatus,
  type IntegrationConfig,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { noteLifetime } from '../vendors/kubernetes/stages';
import { type ArgoClient, openArgo, tokenOf } from './client';
import type { ArgoWorkflowsConfig } from './config';
import { type ListName, pageOfList } from './lists';

/** The right that each list proves, and the capability that needs it. */
const RIGHTS: Readonly<Record<ListName, readonly [name: string, capability: Capability]>> = {
  'workflow-templates': ['list workflowtemplates', 'pipelines'],
  'cron-workflows': ['list cronworkflows', 'pipelines'],
  workflows: ['list workflows', 'runs'],
};
export const REQUIRED = Object.values(RIGHTS).map(([name]) => name);
const NOT_ARGO = 'This address does not serve Argo Server: /api/v1/version must be directly below it';

type Integration = IntegrationConfig<ArgoWorkflowsConfig>;

/** Thorough: checks the server's version, our identity there and what it lets us list. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: ArgoClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        client = openArgo(integration, probe.deps);
        await enter(probe, client);
      },
      identity: (probe) => identify(probe, client),
      permissions: (probe) => prove(probe, client),
    },
  });
}

/** Cheap: lists one workflow, which proves the token and its rights. The version call would accept any token. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        await recognise(look(openArgo(integration, probe.deps), 'workflows', probe.signal), NOT_ARGO);
      },
    },
  });
}

async function enter(probe: Probe, client: ArgoClient): Promise<void> {
  const { data } = await recognise(client.ask('/version', probe.signal), NOT_ARGO);
  const { version, gitCommit } = data as { readonly version?: unknown; readonly gitCommit?: unknown };
  if (typeof version !== 'string' || typeof gitCommit !== 'string') {
    throw new ProbeFailure('not_this_product', NOT_ARGO);
  }
  probe.note({ server: { product: 'Argo Workflows', version } });
  const lifetime = probe.secret && noteLifetime(probe, tokenOf(probe.secret.reveal()));
  if (lifetime && lifetime.expiresAt < probe.deps.clock.now()) {
    throw new ProbeFailure('credential_expired', 'The token has expired');
  }
}

async function identify({ deps, note, signal }: Probe, client: ArgoClient): Promise<void> {
  // https://argo-workflows.readthedocs.io/en/latest/argo-server-auth-mode/
  const url = `${client.endpoint}/api/v1/userinfo`;
  const anonymous = await deps.egress.request({ method: 'GET', url, signal });
  if (anonymous.status === 200) note({ warnings: ['Argo Server lets anyone in without a token: --auth-mode=server'] });
  const { data } = await client.ask('/userinfo', signal);
  const { subject, email, serviceAccountName } = data as Readonly<Record<string, unknown>>;
  const id = [email, subject].find((one) => typeof one === 'string' && one !== '');
  if (typeof id !== 'string') return;
  const isServiceAccount = id.startsWith('system:serviceaccount:') || (!email && Boolean(serviceAccountName));
  note({ principal: { id, kind: isServiceAccount ? 'service_account' : 'user' } });
}

/** Tries each list, because Argo Server has no API to query rights. */
async function prove({ note, signal }: Probe, client: ArgoClient): Promise<void> {
  const allowed: ListName[] = [];
  const names = Object.keys(RIGHTS) as ListName[];
  for (const name of names) if (await mayList(client, name, signal)) allowed.push(name);
  const lacks = (capability: Capability) =>
    names.some((name) => RIGHTS[name][1] === capability && !allowed.includes(name));
  note({
    permissions: comparePermissions(
      REQUIRED,
      allowed.map((name) => RIGHTS[name][0]),
      'observed',
    ),
    capabilities: (['pipelines', 'runs'] as const).filter((capability) => !lacks(capability)),
  });
}

async function mayList(client: ArgoClient, name: ListName, signal: AbortSignal): Promise<boolean> {
  try {
    await look(client, name, signal);
    return true;
  } catch (error) {
    if (hasStatus(error, 403)) return false;
    throw error;
  }
}

function look(client: ArgoClient, name: ListName, signal: AbortSignal): Promise<unknown> {
  const params: Record<string, string> = name === 'workflows' ? { fields: 'metadata,items.metadata.name' } : {};
  return pageOfList(client, { name, params }, 'n=1', signal);
}

import type { ProbeVerdict } from '@integrations/contracts';
import {
  comparePermissions,
  hasCode,
  type IntegrationConfig,
  jsonObject,
  judgeExpiry,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  recognise,
  refusalOf,
  runProbe,
  unreadable,
} from '@integrations/provider-kit';
import { ALL_NAMESPACES, type NomadClient, openNomad, SELF } from './client';
import type { NomadConfig } from './config';

/** A namespace capability of Nomad's ACL policies. */
export const REQUIRED = ['read-job'];
/** The id of the token that Nomad reports if ACLs are off, since 1.10.1. */
const ACLS_DISABLED = 'acls-disabled';
const NO_NOMAD =
  'This address does not serve the Nomad API. Use the address of a Nomad server, such as https://nomad.example:4646';

type Integration = IntegrationConfig<NomadConfig>;

/** The fields that we use: https://developer.hashicorp.com/nomad/api-docs/acl/tokens */
interface Token {
  readonly AccessorID: string;
  readonly Name?: string;
  readonly Type?: string;
  readonly ExpirationTime?: string | null;
}

/** The health of one part of the agent. */
interface Health {
  readonly ok?: unknown;
  readonly message?: unknown;
}

/** Thorough: checks the agent's health, the token, the version and whether allocations can be listed. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: NomadClient;
  let token: Token | null;
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: async (probe) => {
        client = openNomad(integration, probe.deps);
        await enter(probe, integration);
        token = await readToken(probe, client);
      },
      identity: async (probe) => {
        if (token) probe.note({ principal: { id: token.Name || token.AccessorID, kind: token.Type ?? 'client' } });
        await noteVersion(probe, client);
      },
      permissions: async (probe) => {
        notePermissions(probe, token, client, await listOne(probe, client));
      },
    },
  });
}

/** Cheap: one call, which lists one allocation and is answered by the leader. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: async (probe) => {
        const client = openNomad(integration, probe.deps);
        await recognise(listOne(probe, client), NO_NOMAD).catch((error: unknown) => explain(error, probe, client));
      },
    },
  });
}

/** Lists answer an invalid token as if a permission were missing, so looks the token up to learn which it is. */
async function explain(error: unknown, probe: Probe, client: NomadClient): Promise<never> {
  if (hasCode(error, 'permission_missing')) await readToken(probe, client);
  throw error;
}

/** Every agent reports its health to anyone: https://developer.hashicorp.com/nomad/api-docs/agent#health */
async function enter({ deps, signal }: Probe, { endpoint }: Integration): Promise<void> {
  const url = `${endpoint}/v1/agent/health`;
  const response = await deps.egress.request({ method: 'GET', url, signal });
  const health = healthIn(response.text());
  if (health === 'ok') return;
  if (health) throw new ProbeFailure('server_degraded', `Nomad reports about itself: ${health}`);
  if (response.status === 200 || response.status === 404) throw new ProbeFailure('not_this_product', NO_NOMAD);
  throw refusalOf(response, 'Nomad', 'GET /v1/agent/health', deps.clock.now());
}

/** What is wrong with the agent, or `ok`. Undefined if the answer does not come from Nomad. */
function healthIn(text: string): string | undefined {
  const { server, client } = (jsonObject(text) ?? {}) as { readonly server?: Health; readonly client?: Health };
  const parts = [server, client].filter((part) => typeof part?.ok === 'boolean');
  if (parts.length === 0) return undefined;
  const failing = parts.filter((part) => part?.ok === false).map((part) => part?.message);
  return failing.map((message) => (typeof message === 'string' ? message : 'unhealthy')).join(', ') || 'ok';
}

/** Our token; null if ACLs are off, so that everyone may do everything. */
async function readToken(probe: Probe, client: NomadClient): Promise<Token | null> {
  const { note, signal, secret } = probe;
  const token = await tokenSelf(client, signal).catch((error: unknown) => {
    if (secret === null && hasCode(error, 'unauthenticated')) return undefined;
    throw error;
  });
  if (token === null) {
    note({ warnings: ['ACLs are off at this cluster: anyone who reaches it may do everything there'] });
    return null;
  }
  // Without a credential, Nomad describes an anonymous token.
  if (!token || secret === null) {
    throw new ProbeFailure('credential_missing', 'Nomad requires a token, and the integration has no authRef');
  }
  // Before 1.10.1, Nomad describes an expired token as well.
  if (token.ExpirationTime) judgeExpiry(probe, Date.parse(token.ExpirationTime));
  return token;
}

/** Null if ACLs are off. */
async function tokenSelf(client: NomadClient, signal: AbortSignal): Promise<Token | null> {
  try {
    const { data } = await client.get(SELF, {}, signal);
    const token = data as Partial<Token>;
    if (typeof token.AccessorID !== 'string') throw unreadable('Nomad', 'GET /v1/acl/token/self');
    return token.AccessorID === ACLS_DISABLED ? null : { ...token, AccessorID: token.AccessorID };
  } catch (error) {
    if (hasCode(error, 'unsupported_operation')) return null;
    throw error;
  }
}

/** Notes the version, which Nomad shows only to tokens that may read agents. */
async function noteVersion({ note, signal }: Probe, client: NomadClient): Promise<void> {
  try {
    const { data } = await client.get('/agent/self', {}, signal);
    const { member } = data as { readonly member?: { readonly Tags?: { readonly build?: unknown } | null } };
    const build = member?.Tags?.build;
    note({ server: { product: 'Nomad', ...(typeof build === 'string' ? { version: build } : {}) } });
  } catch (error) {
    if (!hasCode(error, 'permission_missing')) throw error;
    note({ server: { product: 'Nomad' } });
  }
}

/**
 * True if an allocation was listed. A token that may read no namespace gets an empty list of all namespaces, but is
 * refused the list of a single one.
 */
async function listOne({ note, signal }: Probe, client: NomadClient): Promise<boolean> {
  const query = { namespace: client.namespace ?? ALL_NAMESPACES, per_page: '1' };
  const { data, headers } = await client.get('/allocations', query, signal);
  if (!Array.isArray(data)) throw unreadable('Nomad', 'GET /v1/allocations');
  if (headers['x-nomad-knownleader'] === 'false') {
    note({ warnings: ['The cluster has no leader now: what it lists may be stale'] });
  }
  return data.length > 0;
}

function notePermissions({ note }: Probe, token: Token | null, client: NomadClient, isShown: boolean): void {
  const isManagement = token === null || token.Type === 'management';
  if (isManagement || client.namespace !== null || isShown) {
    note({ permissions: comparePermissions(REQUIRED, REQUIRED, isManagement ? 'introspection' : 'observed') });
  } else {
    note({ warnings: ['Whether allocations can be read is not proven: no namespace shows any'] });
  }
  if (token?.Type === 'management') {
    note({ warnings: ['This is a management token, which may do everything: one with read-job is enough'] });
  }
}

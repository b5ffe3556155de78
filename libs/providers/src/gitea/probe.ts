import type { ProbeVerdict } from '@integrations/contracts';
import {
  hasStatus,
  type IntegrationConfig,
  nullIf,
  type Probe,
  ProbeFailure,
  type ProbeFindings,
  type ProviderDeps,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { GiteaClient } from './client';
import type { GiteaConfig } from './config';
import { isScopeRefused } from './errors';
import { capabilitiesOf, permissionsOf } from './scopes';
import type { ApiRequest } from './transport';

const OTHER_PRODUCT =
  'This address does not serve the API of Gitea or Forgejo. Use the address of its web pages, such as https://codeberg.org';

type Integration = IntegrationConfig<GiteaConfig>;

/** The fields we use of the token's user. */
interface User {
  readonly id: number;
  readonly login: string;
}

/**
 * A deep test: the user, the instance, the token's scopes, and whether its user may write anywhere. Changes nothing.
 */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let user: User;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      identity: async (probe) => {
        const client = new GiteaClient(integration, probe.deps);
        user = await noteUser(probe, client);
        const version = client.call({ method: 'GET', path: '/version' }, probe.signal);
        probe.note(serverOf(await version.then(({ data }) => data, asHidden)));
      },
      permissions: (probe) => noteScopes(probe, new GiteaClient(integration, probe.deps), user),
    },
  });
}

/** A cheap check: one call, for the token's user. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      identity: async (probe) => {
        await noteUser(probe, new GiteaClient(integration, probe.deps));
      },
    },
  });
}

/** Nothing works without the scope to read the user: we could not recognise our own comments. */
async function noteUser({ signal, note }: Probe, client: GiteaClient): Promise<User> {
  const { data } = await recognise(client.call({ method: 'GET', path: '/user' }, signal), OTHER_PRODUCT);
  const { id, login } = data as Partial<User>;
  if (typeof id !== 'number' || typeof login !== 'string') throw new ProbeFailure('not_this_product', OTHER_PRODUCT);
  note({ principal: { id: login, kind: 'user' } });
  return { id, login };
}

/**
 * Gitea does not report a token's scopes, but it checks the scope of a call before it looks up the repository. No
 * repository can be called `-`: a call there is answered with 403 if the scope is missing, and with 404 otherwise.
 */
async function noteScopes(probe: Probe, client: GiteaClient, { id, login }: User): Promise<void> {
  const nowhere = `/repos/${encodeURIComponent(login)}/-`;
  const dryRuns: Readonly<Record<string, ApiRequest>> = {
    'write:repository': {
      method: 'POST',
      path: `${nowhere}/statuses/${'0'.repeat(40)}`,
      body: { state: 'pending', context: '-' },
    },
    'write:issue': { method: 'PATCH', path: `${nowhere}/issues/comments/0`, body: { body: '-' } },
  };
  const missing: string[] = [];
  let held: readonly string[] | null = null;
  for (const [scope, request] of Object.entries(dryRuns)) {
    try {
      await client.call(request, probe.signal);
    } catch (error) {
      if (isScopeRefused(error)) {
        missing.push(scope);
        held ??= error.heldScopes;
      } else if (!hasStatus(error, 404)) throw error;
    }
  }
  const mayList = await noteRepositories(probe, client, id);
  probe.note({ permissions: permissionsOf(missing, held), capabilities: capabilitiesOf(missing, mayList) });
}

/**
 * Scopes limit what a token may do; its user's role limits where. False if the token may not even list repositories.
 */
async function noteRepositories({ signal, note }: Probe, client: GiteaClient, id: number): Promise<boolean> {
  try {
    const query = { uid: String(id), limit: '50' };
    const { data, headers } = await client.call({ method: 'GET', path: '/repos/search', query }, signal);
    const { data: found = [] } = data as { data?: readonly { permissions?: { push?: boolean } }[] };
    const isAll = Number(headers['x-total-count'] ?? Infinity) <= found.length;
    if (isAll && !found.some(({ permissions }) => permissions?.push)) {
      note({ warnings: ["The token's user may not write to any repository: statuses and check runs need that"] });
    }
    return true;
  } catch (error) {
    if (isScopeRefused(error)) return false;
    throw error;
  }
}

/** Gitea sends a version such as `1.24.2`, Forgejo one such as `12.0.1+gitea-1.22.0`. */
function serverOf(data: unknown): ProbeFindings {
  const { version } = (data ?? {}) as { version?: unknown };
  if (typeof version !== 'string') return {};
  const [own = '', fork] = version.split('+');
  const isForgejo = fork?.startsWith('gitea-') || /forgejo/i.test(version);
  return { server: isForgejo ? { product: 'Forgejo', version: own } : { product: 'Gitea', version } };
}

/** Proxies may hide the version. */
const asHidden = nullIf((error) => hasStatus(error, 403, 404));

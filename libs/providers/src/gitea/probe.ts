import type { ProbeVerdict } from '@integrations/contracts';
import {
  hasStatus,
  type IntegrationConfig,
  isOtherProduct,
  type Probe,
  ProbeFailure,
  type ProbeFindings,
  type ProviderDeps,
  ProviderError,
  runProbe,
} from '@integrations/provider-kit';
import { GiteaClient } from './client';
import type { GiteaConfig } from './config';
import { isScopeRefused } from './errors';
import { capabilitiesOf, permissionsOf } from './scopes';
import type { ApiRequest } from './transport';

type Integration = IntegrationConfig<GiteaConfig>;

/** The fields we use of the token's user. */
interface User {
  readonly id: number;
  readonly login: string;
}

/** Deep: the user, the instance, the scopes of the token and whether its user may write anywhere. Changes nothing. */
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
        probe.note(serverOf(await version.then(({ data }) => data, asUntold)));
      },
      permissions: (probe) => noteScopes(probe, new GiteaClient(integration, probe.deps), user),
    },
  });
}

/** Cheap: one call, for the token's user. */
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

/** Without the scope to read it nothing works: we could not tell our own comments from others'. */
async function noteUser({ signal, note }: Probe, client: GiteaClient): Promise<User> {
  const { data } = await client.call({ method: 'GET', path: '/user' }, signal).catch(asProduct);
  const { id, login } = data as Partial<User>;
  if (typeof id !== 'number' || typeof login !== 'string') throw notGitea();
  note({ principal: { id: login, kind: 'user' } });
  return { id, login };
}

/**
 * Gitea describes no token to itself, but looks at its scopes before it looks for the repository: it refuses a token
 * without the scope with 403, and others with 404, since no repository can be called `-`.
 */
async function noteScopes(probe: Probe, client: GiteaClient, { id, login }: User): Promise<void> {
  const nowhere = `/repos/${encodeURIComponent(login)}/-`;
  const tries: Readonly<Record<string, ApiRequest>> = {
    'write:repository': {
      method: 'POST',
      path: `${nowhere}/statuses/${'0'.repeat(40)}`,
      body: { state: 'pending', context: '-' },
    },
    'write:issue': { method: 'PATCH', path: `${nowhere}/issues/comments/0`, body: { body: '-' } },
  };
  const missing: string[] = [];
  let held: readonly string[] | null = null;
  for (const [scope, request] of Object.entries(tries)) {
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

/** Scopes say what a token may do, its user's role where. False if the token may not even list. */
async function noteRepositories({ signal, note }: Probe, client: GiteaClient, id: number): Promise<boolean> {
  try {
    const query = { uid: String(id), limit: '50' };
    const { data, headers } = await client.call({ method: 'GET', path: '/repos/search', query }, signal);
    const { data: found = [] } = data as { data?: readonly { permissions?: { push?: boolean } }[] };
    const isAll = Number(headers['x-total-count'] ?? Infinity) <= found.length;
    if (isAll && !found.some(({ permissions }) => permissions?.push)) {
      note({ warnings: ['The user of the token may write to no repository: statuses and check runs need that'] });
    }
    return true;
  } catch (error) {
    if (isScopeRefused(error)) return false;
    throw error;
  }
}

/** `1.24.2`; Forgejo says `12.0.1+gitea-1.22.0`. */
function serverOf(data: unknown): ProbeFindings {
  const { version } = (data ?? {}) as { version?: unknown };
  if (typeof version !== 'string') return {};
  const [own = '', fork] = version.split('+');
  const isForgejo = fork?.startsWith('gitea-') || /forgejo/i.test(version);
  return { server: isForgejo ? { product: 'Forgejo', version: own } : { product: 'Gitea', version } };
}

/** Proxies may keep the version to themselves. */
function asUntold(error: unknown): null {
  if (hasStatus(error, 403, 404)) return null;
  throw error;
}

/** Gitea always answers this call with JSON: a 404 or a page of something else is not Gitea. */
function asProduct(error: unknown): never {
  if (isOtherProduct(error)) throw notGitea(error);
  if (error instanceof ProviderError && error.message.includes('may not sign in')) {
    throw new ProbeFailure('credential_disabled', error.message, { cause: error });
  }
  throw error;
}

function notGitea(cause?: unknown): ProbeFailure {
  const message =
    'No API of Gitea or Forgejo answers at this address, which is that of its web pages, such as https://codeberg.org';
  return new ProbeFailure('not_this_product', message, { cause });
}

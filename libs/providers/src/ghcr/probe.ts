import type { ProbePermissions, ProbeVerdict } from '@integrations/contracts';
import {
  enterRegistry,
  hasCode,
  type IntegrationConfig,
  noteExpiry,
  noteRegistry,
  nullIf,
  type Probe,
  type ProviderDeps,
  pullImage,
  runProbe,
} from '@integrations/provider-kit';
import { type GhcrClient, openGhcr } from './client';
import type { GhcrConfig } from './config';

export const REQUIRED = ['read:packages'];
/**
 * Scopes that include a required one.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
const BROADER = ['write:packages'];

type Integration = IntegrationConfig<GhcrConfig>;

/** A deep test: the registry, the token's user, scopes and expiry, and whether the canary may be pulled. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  let client: GhcrClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        client = openGhcr(integration, probe.deps);
        await enterRegistry(probe, client.registry);
        probe.note({ server: { product: 'GHCR' } });
      },
      identity: (probe) => identify(probe, client),
      permissions: async (probe) => {
        if (canary !== undefined) await pullImage(probe, client.registry, canary);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** A cheap check: resolves the canary's digest, or calls `/v2/` if there is no canary. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const { registry } = openGhcr(integration, probe.deps);
        await (canary === undefined ? enterRegistry(probe, registry) : pullImage(probe, registry, canary));
        noteRegistry(probe, registry);
      },
    },
  });
}

/** The registry's own tokens contain nothing; GitHub's API reports the user and the scopes. */
async function identify(probe: Probe, client: GhcrClient): Promise<void> {
  const answer = await client.ask('/user', probe.signal).catch(asBot);
  if (!answer) {
    probe.note({ principal: { id: 'github-actions', kind: 'app' } });
    return;
  }
  const { login } = answer.data as { readonly login?: unknown };
  if (typeof login === 'string') probe.note({ principal: { id: login, kind: 'user' } });
  const expiresAt = expiryOf(answer.headers['github-authentication-token-expiration']);
  if (!Number.isNaN(expiresAt)) noteExpiry(probe, 'The token', expiresAt);
  const scopes = answer.headers['x-oauth-scopes'];
  if (scopes !== undefined) probe.note({ permissions: permissionsOf(scopes) });
}

/** The token of a workflow run has no user: GitHub refuses this call, but no other. */
const asBot = nullIf((error) => hasCode(error, 'permission_missing'));

function permissionsOf(header: string): ProbePermissions {
  const granted = header
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '');
  const isCovered = granted.some((scope) => REQUIRED.includes(scope) || BROADER.includes(scope));
  const excess = granted.filter((scope) => !REQUIRED.includes(scope));
  return { required: REQUIRED, granted, missing: isCovered ? [] : REQUIRED, excess, how: 'introspection' };
}

/**
 * Reads `2027-01-31 10:00:00 UTC`, or `2027-01-31 12:00:00 +0200` for some tokens; NaN if the token does not expire.
 */
// https://github.com/google/go-github/issues/2649
function expiryOf(header: string | undefined): number {
  const [, day, time, hours = '+00', minutes = '00'] =
    /^([\d-]{10}) ([\d:]{8}) (?:UTC|([+-]\d\d)(\d\d))$/.exec(header ?? '') ?? [];
  return Date.parse(`${day}T${time}${hours}:${minutes}`);
}

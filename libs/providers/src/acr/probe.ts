import type { Capability, ProbeVerdict } from '@integrations/contracts';
import {
  actionsIn,
  claimsOf,
  comparePermissions,
  enterRegistry,
  hasCode,
  noteExpiry,
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
import { type AcrClient, openAcr } from './client';
import { certificateEnd } from './client-assertion';
import { type AcrIntegration, GUID, type SecretKind } from './config';
import { loginServerOf } from './places';
import { ACTIONS, actionsOfRoles, REQUIRED } from './rights';

const READING: readonly Capability[] = ['tags', 'digest', 'referrers'];

/** Thorough: checks the registry, our identity and rights there, and whether the canary can be pulled. Reads only. */
export function testConnection(
  integration: AcrIntegration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: AcrClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        noteCertificate(probe, integration);
        client = openAcr(integration, probe.deps);
        await enter(probe, integration, client);
      },
      identity: (probe) => identify(probe, integration, client),
      permissions: async (probe) => {
        await prove(probe, client, integration.config.canary);
        await noteCatalog(probe, client);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: checks the canary, or `/v2/` if no canary is configured. */
export function checkHealth(
  integration: AcrIntegration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        noteCertificate(probe, integration);
        const client = openAcr(integration, probe.deps);
        if (canary === undefined) await enter(probe, integration, client);
        else
          await pullImage(probe, client.registry, canary).catch((error: unknown) => explain(error, probe, integration));
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Notes when the client certificate expires. Fails the stage if the secret contains none. */
function noteCertificate(probe: Probe, { config }: AcrIntegration): void {
  if (config.secretKind !== 'client_certificate') return;
  noteExpiry(probe, 'The client certificate', certificateEnd(probe.secret?.reveal() ?? ''));
}

async function enter(probe: Probe, integration: AcrIntegration, { registry }: AcrClient): Promise<void> {
  await enterRegistry(probe, registry).catch((error: unknown) => explain(error, probe, integration));
  probe.note({ server: { product: 'Azure Container Registry' } });
}

/** Entra ID says of signed tokens at most that the time is wrong; their own claims tell whether they have expired. */
function explain(error: unknown, { deps, secret }: Probe, { config }: AcrIntegration): never {
  if (!hasCode(error, 'unauthenticated')) throw error;
  const expiresAt = endOf(secret?.reveal() ?? '', config.secretKind);
  if (expiresAt === undefined || expiresAt > deps.clock.now()) throw error;
  throw new ProbeFailure('credential_expired', error.message, { cause: error });
}

/** The expiry of a secret that carries it: a certificate or a JWT. */
function endOf(secret: string, kind: SecretKind): number | undefined {
  return kind === 'client_certificate' ? certificateEnd(secret) : claimsOf(secret)?.expiresAt;
}

async function identify(probe: Probe, integration: AcrIntegration, client: AcrClient): Promise<void> {
  const { note, signal } = probe;
  const credential = await client.credentials.get(signal);
  if (credential?.kind === 'refresh_token') {
    const subject = claimsOf(credential.token)?.subject;
    if (subject !== undefined) note({ principal: { id: subject, kind: 'service_principal' } });
  }
  if (credential?.kind !== 'basic') return;
  const id = (await client.authorizer.claims([], signal))?.subject ?? credential.username;
  note({ principal: { id, kind: kindOf(id, loginServerOf(integration)) } });
}

/**
 * The admin user has the same name as the registry, to which the host name may append a hash. An application's name is
 * its id.
 * https://github.com/Azure/azure-cli/pull/30638
 */
function kindOf(name: string, loginServer: string): string {
  if (GUID.test(name)) return 'service_principal';
  return new URL(loginServer).hostname.split(/[.-]/)[0] === name.toLowerCase() ? 'admin_user' : 'token';
}

async function prove(probe: Probe, client: AcrClient, canary: string | undefined): Promise<void> {
  const { note, signal } = probe;
  if (canary === undefined) {
    const credential = await client.credentials.get(signal);
    const granted = credential?.kind === 'refresh_token' ? actionsOfRoles(credential.token) : null;
    if (granted) note({ permissions: comparePermissions(REQUIRED, granted, 'token_claims') });
    else noteUnproven(probe);
    return;
  }
  const scope = repositoryScope(readImage(canary).repository, ACTIONS);
  const granted = actionsIn(await client.authorizer.claims([scope], signal));
  if (granted) note({ permissions: comparePermissions(REQUIRED, granted, 'token_claims') });
  if (granted && REQUIRED.some((action) => !granted.includes(action))) return; // which fails the stage
  await pullImage(probe, client.registry, canary);
}

/** A credential for some repositories may not read the catalog, or gets an empty one. https://github.com/Azure/acr/issues/675 */
async function noteCatalog({ note, signal }: Probe, { registry }: AcrClient): Promise<void> {
  try {
    const { items } = await registry.listRepositories({ limit: 1, cursor: null, q: null }, signal);
    note({ capabilities: ['repositories', ...READING] });
    if (items.length > 0) return;
    note({ warnings: ['The registry lists no repository: it is empty, or the credential covers some of them only'] });
  } catch (error) {
    const isForSome = hasCode(error, 'unauthenticated', 'permission_missing');
    if (!isForSome) throw error;
    note({ capabilities: READING });
  }
}

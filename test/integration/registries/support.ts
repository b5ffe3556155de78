import { createHash } from 'node:crypto';
import { describeErrors, validate } from '@integrations/contracts';
import { createTokenCache, EgressClient, type ProviderDeps, ProviderError, Secret } from '@integrations/provider-kit';
import { createOwnProviders } from '@integrations/providers';
import type { DockerRegistry } from '../../support/docker-registry';

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
const EMPTY = '{}';

/** Opens an integration of the provider `oci` as the apps do. */
export function connectOci(endpoint: string, settings: { readonly config?: object; readonly secret?: string } = {}) {
  const plugin = createOwnProviders().find(({ provider }) => provider === 'oci')!;
  const checked = validate(plugin.config, settings.config ?? {});
  if (!checked.ok) throw new Error(describeErrors(checked.errors));
  const integration = { integrationId: 'i-1', tenantId: 'acme', endpoint, config: checked.value };
  const { caBundle } = checked.value as { readonly caBundle?: string };
  const egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'test' });
  const clock = { now: () => Date.now() };
  const deps: ProviderDeps = {
    egress: egress.bind({
      endpoint,
      allowedOrigins: plugin.origins?.(integration) ?? [],
      ...(caBundle ? { caBundle } : {}),
    }),
    tokens: createTokenCache(clock),
    credential: {
      present: settings.secret !== undefined,
      resolve: async () => {
        if (settings.secret === undefined) throw new ProviderError('secret_unresolvable', 'there is none');
        return new Secret(settings.secret);
      },
      forget: () => undefined,
    },
    clock,
  };
  const { registry, discovery } = plugin.open(integration, deps);
  return {
    registry: registry!,
    repositories: discovery!.repositories!,
    test: () => plugin.testConnection(integration, deps, AbortSignal.timeout(10_000)),
    check: () => plugin.checkHealth(integration, deps, AbortSignal.timeout(10_000)),
    close: () => egress.close(),
  };
}

/** Pushes a manifest and its blobs without the code under test. Returns the digest. */
export async function push(
  { send }: DockerRegistry,
  repository: string,
  reference: string,
  manifest: { readonly mediaType: string } & Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const empty = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(EMPTY), size: 2 };
  const upload = await send({ method: 'POST', path: `/v2/${repository}/blobs/uploads/`, headers });
  const location = new URL(String(upload.headers['location']), 'http://localhost');
  location.searchParams.set('digest', empty.digest);
  const octets = { ...headers, 'content-type': 'application/octet-stream' };
  await send({ method: 'PUT', path: `${location.pathname}${location.search}`, headers: octets, body: EMPTY });
  const body = JSON.stringify({
    schemaVersion: 2,
    ...(manifest['manifests'] ? {} : { config: empty, layers: [] }),
    ...manifest,
  });
  const path = `/v2/${repository}/manifests/${reference}`;
  const { status } = await send({
    method: 'PUT',
    path,
    headers: { ...headers, 'content-type': manifest.mediaType },
    body,
  });
  if (status !== 201) throw new Error(`the registry answers ${status} to the push of ${repository}:${reference}`);
  return digestOf(body);
}

function digestOf(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

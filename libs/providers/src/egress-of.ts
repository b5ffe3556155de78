import {
  type ConnectorPlugin,
  type Egress,
  type EgressBinding,
  type EgressClient,
  egressOver,
  type EgressRequest,
  type EgressResponse,
  hasCode,
  type IntegrationConfig,
  type ProviderError,
  type SecretRequest,
  type SecretResolver,
} from '@integrations/provider-kit';
import { type ConnectionSettings, refsOf } from './connection-settings';

export interface EgressSource {
  readonly client: Pick<EgressClient, 'bind'>;
  readonly secrets: SecretResolver;
  /** Makes the request for a secret of the integration. */
  readonly requestFor: (authRef: string) => SecretRequest;
}

/** Bound at the first call: the endpoint of a provider without a network is not an HTTP URL. */
export function egressOf(
  plugin: ConnectorPlugin,
  integration: IntegrationConfig,
  connection: ConnectionSettings,
  source: EgressSource,
): Egress {
  const refs = Object.values(refsOf(connection));
  const place = () => placeOf(plugin, integration);
  const request =
    refs.length > 0
      ? withSecrets(refs, place, integration, connection, source)
      : bound(() => source.client.bind({ ...place(), ...proxyOf(connection) }));
  return egressOver(request);
}

function bound(bind: () => Egress): Egress['request'] {
  let egress: Egress | undefined;
  return (call) => {
    try {
      egress ??= bind();
    } catch (error) {
      return Promise.reject(error as ProviderError);
    }
    return egress.request(call);
  };
}

/** Binds for every call, because the secrets may have been replaced since the last one. */
function withSecrets(
  refs: readonly string[],
  place: () => EgressBinding,
  integration: IntegrationConfig,
  connection: ConnectionSettings,
  { client, secrets, requestFor }: EgressSource,
): Egress['request'] {
  return async (call: EgressRequest): Promise<EgressResponse> => {
    const resolve = async (ref: string) => (await secrets.resolve(requestFor(ref), call.signal)).reveal();
    try {
      const settings = await resolved(connection, integration, resolve);
      return await client.bind({ ...place(), ...settings }).request(call);
    } catch (error) {
      // The refused secret may have been replaced in its store: forget it, so that the next call reads it again.
      if (hasCode(error, 'tls')) for (const ref of refs) secrets.forget(requestFor(ref));
      throw error;
    }
  };
}

function placeOf(plugin: ConnectorPlugin, integration: IntegrationConfig): EgressBinding {
  const { endpoint, config } = integration;
  const { caBundle } = config as { readonly caBundle?: string };
  return { endpoint, allowedOrigins: plugin.origins?.(integration) ?? [], ...(caBundle ? { caBundle } : {}) };
}

async function resolved(
  connection: ConnectionSettings,
  { tenantId, integrationId }: IntegrationConfig,
  resolve: (ref: string) => Promise<string>,
): Promise<Partial<EgressBinding>> {
  const { clientCertRef, clientKeyRef, proxyAuthRef } = connection;
  const proxy = proxyOf(connection, proxyAuthRef && (await resolve(proxyAuthRef)));
  if (clientCertRef === undefined) return proxy;
  const certificate = await resolve(clientCertRef);
  const key = clientKeyRef === undefined ? certificate : await resolve(clientKeyRef);
  return { ...proxy, clientCertificate: { certificate, key, holder: `${tenantId}/${integrationId}` } };
}

function proxyOf({ proxy: url }: ConnectionSettings, credential?: string): Pick<EgressBinding, 'proxy'> {
  return url === undefined ? {} : { proxy: { url, ...(credential === undefined ? {} : { credential }) } };
}

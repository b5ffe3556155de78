import {
  type ApiAnswer,
  type ApiCall,
  askApi,
  bearerHeaders,
  type EgressResponse,
  type IntegrationConfig,
  type ProviderDeps,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import { clusterError } from './cluster-error';
import { tokenIn } from './token';

/** The API of a cluster, asked with one credential; one that is refused is read from its store once more. Both throw ProviderError. */
export interface ClusterApi {
  ask(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer>;
  /** A GET of what is no JSON. Answers whatever the status. */
  read(path: string, signal: AbortSignal): Promise<EgressResponse>;
}

/** Without a secret, a client certificate is what proves who asks. */
export function openCluster({ endpoint }: IntegrationConfig, deps: ProviderDeps): ClusterApi {
  const credentials = secretCredentials(deps.credential, (secret) => ({
    kind: 'bearer',
    token: tokenIn(secret, endpoint),
  }));
  const headers = bearerHeaders(credentials);
  const api = { base: endpoint, product: 'Kubernetes', deps, headers, refusing: clusterError };
  return {
    ask: (call, signal) => withCredential(credentials, () => askApi(api, call, signal), signal),
    read: async (path, signal) =>
      deps.egress.request({ method: 'GET', url: `${endpoint}${path}`, headers: await headers(signal), signal }),
  };
}

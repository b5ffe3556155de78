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

/** A cluster's API, called with one credential; if it is refused, it is read again, once. Throws ProviderError. */
export interface ClusterApi {
  ask(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer>;
  /** GETs a path whose answer is not JSON. Returns the response, whatever its status. */
  read(path: string, signal: AbortSignal): Promise<EgressResponse>;
}

/** Without a secret, the caller is identified by its client certificate. */
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

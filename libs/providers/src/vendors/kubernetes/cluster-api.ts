import {
  type ApiAnswer,
  type ApiCall,
  askApi,
  bearerAuthorization,
  type EgressResponse,
  type IntegrationConfig,
  type ProviderDeps,
  type RegistryCredential,
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
  const token = (secret: string): RegistryCredential => ({ kind: 'bearer', token: tokenIn(secret, endpoint) });
  const credentials = secretCredentials(deps.credential, token);
  return {
    ask: (call, signal) =>
      withCredential(
        credentials,
        (credential) => {
          const headers = async () => headersOf(credential);
          const api = { base: endpoint, product: 'Kubernetes', deps, headers, refusing: clusterError };
          return askApi(api, call, signal);
        },
        signal,
      ),
    read: async (path, signal) => {
      const headers = headersOf(await credentials.get(signal));
      return deps.egress.request({ method: 'GET', url: `${endpoint}${path}`, headers, signal });
    },
  };
}

function headersOf(credential: RegistryCredential | null): Record<string, string> {
  return credential?.kind === 'bearer' ? { authorization: bearerAuthorization(credential.token) } : {};
}

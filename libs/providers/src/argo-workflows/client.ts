import {
  type ApiAnswer,
  askApi,
  bearerAuthorization,
  type IntegrationConfig,
  type ProviderDeps,
  type RegistryCredential,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import type { ArgoWorkflowsConfig } from './config';

/** One Argo Server, or the part of it that one namespace is. */
export interface ArgoClient {
  /** Where its pages and `/api/v1` are. */
  readonly endpoint: string;
  /** Null for all. */
  readonly namespace: string | null;
  /** GET below `/api/v1`. Throws ProviderError. */
  ask(path: string, signal: AbortSignal): Promise<ApiAnswer>;
}

export function openArgo(integration: IntegrationConfig<ArgoWorkflowsConfig>, deps: ProviderDeps): ArgoClient {
  const { endpoint, config } = integration;
  const credentials = secretCredentials(deps.credential, (secret) => ({ kind: 'bearer', token: tokenOf(secret) }));
  return {
    endpoint,
    namespace: config.namespace ?? null,
    ask: (path, signal) =>
      withCredential(
        credentials,
        (credential) => {
          const headers = async () => headersOf(credential);
          return askApi({ base: `${endpoint}/api/v1`, product: 'Argo', deps, headers }, { path }, signal);
        },
        signal,
      ),
  };
}

/** `argo auth token` prints it with the scheme before it. */
export function tokenOf(secret: string): string {
  return secret.trim().replace(/^bearer\s+/i, '');
}

function headersOf(credential: RegistryCredential | null): Record<string, string> {
  return credential?.kind === 'bearer' ? { authorization: bearerAuthorization(credential.token) } : {};
}

import {
  type ApiAnswer,
  askApi,
  bearerHeaders,
  type IntegrationConfig,
  type ProviderDeps,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import type { ArgoWorkflowsConfig } from './config';

/** One Argo Server, or one namespace of it. */
export interface ArgoClient {
  /** The base URL of its web pages and of `/api/v1`. */
  readonly endpoint: string;
  /** Null for all namespaces. */
  readonly namespace: string | null;
  /** GET below `/api/v1`. Throws ProviderError. */
  ask(path: string, signal: AbortSignal): Promise<ApiAnswer>;
}

export function openArgo(integration: IntegrationConfig<ArgoWorkflowsConfig>, deps: ProviderDeps): ArgoClient {
  const { endpoint, config } = integration;
  const credentials = secretCredentials(deps.credential, (secret) => ({ kind: 'bearer', token: tokenOf(secret) }));
  const headers = bearerHeaders(credentials);
  const api = { base: `${endpoint}/api/v1`, product: 'Argo', deps, headers };
  return {
    endpoint,
    namespace: config.namespace ?? null,
    ask: (path, signal) => withCredential(credentials, () => askApi(api, { path }, signal), signal),
  };
}

/** Removes the scheme that `argo auth token` prints in front of the token. */
export function tokenOf(secret: string): string {
  return secret.trim().replace(/^bearer\s+/i, '');
}

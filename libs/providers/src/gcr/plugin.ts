import type { ConnectorPlugin } from '@integrations/provider-kit';
import { openGcr } from './client';
import { GcrConfig } from './config';
import { googleApis, imagePrefix, isGoogleOwn } from './places';
import { checkHealth, REQUIRED, testConnection } from './probe';

/** Google Artifact Registry, at `https://<location>-docker.pkg.dev` and at the gcr.io hosts that it took over. */
export function createGcrPlugin(): ConnectorPlugin<GcrConfig> {
  return {
    contractVersion: 1,
    provider: 'gcr',
    type: 'registry',
    displayName: 'Google Artifact Registry',
    capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    requiredScopes: REQUIRED,
    defaultEndpoint: null,
    credential: {
      required: true,
      description:
        'The JSON key of a service account with the role Artifact Registry Reader, the OIDC token of a workload, or an access token.',
    },
    config: GcrConfig,

    isAvailable: () => ({ available: true }),
    serves: (integration) => [`${new URL(integration.endpoint).host}/${imagePrefix(integration)}`.replace(/\/$/, '')],
    servedFrom: (host) => [host],
    origins: (integration) => {
      const { oauth, sts, iam, artifacts } = googleApis(integration);
      const { secretKind, serviceAccount } = integration.config;
      if (secretKind === 'service_account_key') return [oauth, artifacts];
      const own = serviceAccount === undefined ? [] : [iam];
      return [secretKind === 'federated_token' ? sts : oauth, artifacts, ...own];
    },
    identityAt: (integration) =>
      integration.config.secretKind === 'access_token' && isGoogleOwn(integration) ? 'gcp' : null,
    open: (integration, deps) => {
      const { registry, artifacts } = openGcr(integration, deps);
      return { registry, discovery: { repositories: (query, signal) => artifacts.list(query, signal) } };
    },
    testConnection,
    checkHealth,
  };
}

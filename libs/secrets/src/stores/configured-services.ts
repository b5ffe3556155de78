import { ConfigError, type ServiceStoreConfig } from '@integrations/config';
import type { Clock, EgressClient } from '@integrations/provider-kit';
import { AuthorityHttpStore } from './authority/authority-http-store';
import { type Ask, AuthorityNatsStore } from './authority/authority-nats-store';
import { KubernetesStore } from './kubernetes/kubernetes-store';
import type { SecretStore } from './secret-store';
import { TokenFile } from './token-file';
import type { VaultAuth } from './vault/vault-login';
import { VaultStore } from './vault/vault-store';

export interface ServiceDeps {
  /** Reaches addresses that the operator configured. Never the egress client of the tenants' integrations. */
  readonly egress: Pick<EgressClient, 'bind'>;
  readonly clock: Clock;
  /** Called with each token of ours for a store; feeds the log scrubber. */
  readonly hide: (token: string) => void;
  /** Asks the Authority service over NATS. */
  readonly ask: Ask;
}

/** The configured stores that are services. Throws ConfigError if a setting requires another one that is missing. */
export function configuredServices(config: ServiceStoreConfig, deps: ServiceDeps): SecretStore[] {
  return [...authorityStores(config, deps), ...vaultStores(config, deps), ...kubernetesStores(config, deps)];
}

function authorityStores(config: ServiceStoreConfig, { egress, ask, clock, hide }: ServiceDeps): SecretStore[] {
  const { authorityUrl, authorityTokenFile, authorityCaFile, authorityOverNats } = config;
  if (authorityOverNats) return [new AuthorityNatsStore(ask, clock)];
  if (authorityUrl === undefined) return [];
  const path = required('AUTHORITY_TOKEN_FILE', authorityTokenFile, 'AUTHORITY_URL');
  return [
    new AuthorityHttpStore({
      egress,
      clock,
      address: authorityUrl,
      tokenFile: new TokenFile(path, 'AUTHORITY_TOKEN_FILE', hide),
      ...(authorityCaFile === undefined ? {} : { caFile: authorityCaFile }),
    }),
  ];
}

function vaultStores(config: ServiceStoreConfig, { egress, clock, hide }: ServiceDeps): SecretStore[] {
  const { vaultAddr, vaultNamespace, vaultCaFile, vaultMount, vaultKvVersion, vaultPathPrefix } = config;
  if (vaultAddr === undefined) return [];
  return [
    new VaultStore({
      egress,
      clock,
      hide,
      address: vaultAddr,
      auth: vaultAuth(config, hide),
      mount: vaultMount,
      kvVersion: vaultKvVersion === 1 ? 1 : 2,
      pathPrefix: vaultPathPrefix,
      ...(vaultNamespace === undefined ? {} : { namespace: vaultNamespace }),
      ...(vaultCaFile === undefined ? {} : { caFile: vaultCaFile }),
    }),
  ];
}

function vaultAuth(config: ServiceStoreConfig, hide: ServiceDeps['hide']): VaultAuth {
  const { vaultAuthMethod: method, vaultAuthMount: mount = method } = config;
  const need = (setting: string, value: string | undefined) => required(setting, value, `VAULT_AUTH_METHOD=${method}`);
  const file = (setting: string, path: string | undefined) => new TokenFile(need(setting, path), setting, hide);
  switch (method) {
    case 'token':
      return { method, tokenFile: file('VAULT_TOKEN_FILE', config.vaultTokenFile) };
    case 'approle': {
      const secretIdFile = file('VAULT_SECRET_ID_FILE', config.vaultSecretIdFile);
      return { method, mount, roleId: need('VAULT_ROLE_ID', config.vaultRoleId), secretIdFile };
    }
    case 'kubernetes': {
      const jwtFile = file('VAULT_JWT_FILE', config.vaultJwtFile);
      return { method, mount, role: need('VAULT_ROLE', config.vaultRole), jwtFile };
    }
  }
}

function kubernetesStores(config: ServiceStoreConfig, { egress, hide }: ServiceDeps): SecretStore[] {
  const { k8sNamespaces = [], k8sApiUrl, k8sTokenFile, k8sCaFile } = config;
  if (k8sNamespaces.length === 0) return [];
  const namespaces = new Map<string, Set<string>>();
  for (const pair of k8sNamespaces) {
    const [tenant = '', namespace = ''] = pair.split(':');
    namespaces.set(tenant, (namespaces.get(tenant) ?? new Set()).add(namespace));
  }
  return [
    new KubernetesStore({
      egress,
      address: k8sApiUrl,
      tokenFile: new TokenFile(k8sTokenFile, 'K8S_TOKEN_FILE', hide),
      caFile: k8sCaFile,
      namespaces,
    }),
  ];
}

function required(setting: string, value: string | undefined, by: string): string {
  if (value !== undefined) return value;
  throw new ConfigError([{ key: setting, message: `is missing; ${by} needs it` }]);
}

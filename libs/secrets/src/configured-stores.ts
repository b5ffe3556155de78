import type { CredentialStoreConfig } from '@integrations/config';
import { configuredMasterKeys } from './configured-keys';
import { LocalStore } from './local/local-store';
import type { SealedSecretStorage } from './local/sealed-secret';
import { AmbientStore } from './stores/ambient/ambient-store';
import { configuredClouds } from './stores/configured-clouds';
import { configuredServices, type ServiceDeps } from './stores/configured-services';
import { EnvStore } from './stores/env-store';
import { FileStore } from './stores/file-store';
import type { SecretStore } from './stores/secret-store';

export interface StoreDeps extends ServiceDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly storage: SealedSecretStorage;
}

/** The configured stores. Throws ConfigError for unusable settings. */
export function configuredStores(config: CredentialStoreConfig, deps: StoreDeps): SecretStore[] {
  const { env, storage } = deps;
  const { secretsDir, secretsEnvPrefix, defaultTenant } = config;
  const masters = configuredMasterKeys(config);
  return [
    ...(secretsDir ? [new FileStore(secretsDir)] : []),
    ...(secretsEnvPrefix ? [new EnvStore({ env, prefix: secretsEnvPrefix, tenantId: defaultTenant })] : []),
    ...(masters ? [new LocalStore(storage, masters)] : []),
    ...configuredServices(config, deps),
    ...configuredClouds(config, deps),
    // Always present, so that tenants that may not use it get the reason.
    new AmbientStore({ tenants: config.ambientIdentity, clock: deps.clock, hide: deps.hide }),
  ];
}

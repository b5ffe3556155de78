export { API_SCOPES, type ApiScope, hashApiToken, newApiToken } from './api-token';
export { parseAuditKeys } from './audit-keys';
export { type AuthRef, AuthRefError, parseAuthRef } from './auth-ref/auth-ref';
export { type Fingerprint, fingerprintUnder } from './auth-ref/fingerprint';
export {
  configuredAuditKeys,
  configuredClientSecret,
  configuredMasterKeys,
  type MasterKeySettings,
} from './configured-keys';
export { configuredStores, type StoreDeps } from './configured-stores';
export { localRef } from './local/local-ref';
export { LocalStore } from './local/local-store';
export {
  generateMasterKey,
  type MasterKey,
  type MasterKeys,
  parseMasterKey,
  readMasterKeyFile,
} from './local/master-key';
export { type Place, rewrap } from './local/seal';
export type { SealedSecret, SealedSecretStorage } from './local/sealed-secret';
export type { AccessAudit, AccessEntry } from './resolver/access-audit';
export { CachingSecretResolver, type ResolverOptions } from './resolver/caching-secret-resolver';
export { secretParts } from './secret-parts';
export { EnvStore, type EnvStoreOptions } from './stores/env-store';
export { FileStore } from './stores/file-store';
export {
  SecretStoreError,
  type SecretStore,
  type SecretStoreErrorCode,
  type StoreRequest,
} from './stores/secret-store';

export { API_SCOPES, type ApiScope, hashApiToken, newApiToken } from './api-token';
export { parseAuditKeys } from './audit-keys';
export { type AuthRef, AuthRefError, parseAuthRef } from './auth-ref/auth-ref';
export { fingerprintUnder } from './auth-ref/fingerprint';
export {
  configuredAuditKeys,
  configuredClientSecret,
  configuredMasterKeys,
  type MasterKeySettings,
} from './configured-keys';
export { configuredStores, type StoreDeps } from './configured-stores';
export { localRef } from './local/local-ref';
export { LocalStore } from './local/local-store';
export { generateMasterKey, type MasterKey, type MasterKeys, parseMasterKey } from './local/master-key';
export { rewrap } from './local/seal';
export type { SealedSecretStorage } from './local/sealed-secret';
export type { AccessAudit } from './resolver/access-audit';
export { CachingSecretResolver } from './resolver/caching-secret-resolver';
export { secretParts } from './secret-parts';
export { SecretStoreError } from './stores/secret-store';

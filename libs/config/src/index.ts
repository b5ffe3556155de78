export { CloudStoreConfig } from './cloud-store-config';
export { ConfigError, type ConfigProblem, exitOnConfigError } from './config-error';
export { AreServiceUrls, AsBoolean, AsInt, AsList, IsAbsolutePath, IsInsteadOf, IsServiceUrl } from './converters';
export { CredentialStoreConfig } from './credential-store-config';
export { environmentKey, loadConfig } from './load-config';
export { MasterKeyConfig } from './master-key-config';
export { LOG_LEVELS, type LogLevel, ServiceConfig } from './service-config';
export { ServiceStoreConfig, VAULT_AUTH_METHODS, type VaultAuthMethod } from './service-store-config';

export { CloudStoreConfig } from './cloud-store-config';
export { ConfigError, exitOnConfigError, exitStatusOf } from './config-error';
export { AsAddressRanges, AsBoolean, AsInt, AsList, IsAbsolutePath, IsDatabaseUrl, IsReadFromFile } from './converters';
export { CredentialStoreConfig } from './credential-store-config';
export { loadConfig } from './load-config';
export { MasterKeyConfig } from './master-key-config';
export { ServiceConfig } from './service-config';
export { ServiceStoreConfig } from './service-store-config';

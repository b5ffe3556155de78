export { ConfigError, type ConfigProblem, exitOnConfigError } from './config-error';
export { AsBoolean, AsInt, AsList, IsInsteadOf, IsServiceUrl } from './converters';
export { environmentKey, loadConfig } from './load-config';
export { CredentialStoreConfig, LOG_LEVELS, type LogLevel, ServiceConfig } from './service-config';

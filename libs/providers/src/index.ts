export { PLACE, placeIn, readConnection, refsOf } from './connection-settings';
export { type Connection, Connector, type ConnectorOptions, type RegisteredIntegration } from './connector';
export type { CredentialBudget } from './credential-budget';
export { type ImportPackage, type LoadedPlugins, loadPlugins, type RejectedPlugin } from './load-plugins';
export { checkPlugin, type PluginCheck } from './plugin-shape';
export { createOwnProviders } from './providers';
export { ProviderRegistry } from './registry';

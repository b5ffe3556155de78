export { PLACE, placeIn, readConnection, refsOf } from './connection-settings';
export { Connector, type RegisteredIntegration } from './connector';
export type { CredentialBudget } from './credential-budget';
export { guardSession } from './guard-session';
export { loadPlugins } from './load-plugins';
export { checkPlugin } from './plugin-shape';
export { createOwnProviders } from './providers';
export { ProviderRegistry } from './registry';
export type { CallWatch } from './watched-egress';

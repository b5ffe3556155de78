export { ConnectorConfig } from './connector-config';
export { ConnectorModule } from './connector.module';
export { InOrder } from './in-order';
export { MasterKeyCheck } from './master-key-check';
export { operatorEgress } from './operator-egress';
export { PlatformModule } from './platform.module';
export { ProvidersModule } from './providers.module';
export { Repeating } from './repeating';
export { closeService, createService, runService, type ServiceOptions } from './start-service';

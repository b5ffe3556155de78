export { PlatformModule, type PlatformOptions } from './platform.module';
export { createService, runService, type ServiceOptions } from './start-service';

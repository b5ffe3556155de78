import type { ServiceConfig } from '@integrations/config';
import { type DynamicModule, Module } from '@nestjs/common';

/** Provides the app's configuration, which `loadConfig` has validated, to all modules of the app. */
@Module({})
export class ConfigModule {
  static forRoot<T extends ServiceConfig>(Config: new () => T, config: T): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}

import { type DynamicModule, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Bus } from './bus';
import type { BusServers } from './connect';

/** Provides the app's `Bus` everywhere. Drains it after the servers, because their last handlers may still need it. */
@Module({})
export class BusModule implements OnApplicationShutdown {
  constructor(private readonly bus: Bus) {}

  static forRoot(servers: BusServers): DynamicModule {
    const bus = { provide: Bus, useFactory: () => Bus.connect({ ...servers, logger: new Logger(Bus.name) }) };
    return { module: BusModule, global: true, providers: [bus], exports: [Bus] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.bus.drain();
  }
}

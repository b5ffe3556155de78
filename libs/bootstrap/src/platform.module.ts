import { Bus, BusModule } from '@integrations/bus';
import type { ServiceConfig } from '@integrations/config';
import { Database, DatabaseModule } from '@integrations/database';
import {
  HealthController,
  READINESS_CHECKS,
  type ReadinessCheck,
  Scrubber,
  TelemetryModule,
} from '@integrations/telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectionWatch } from './connection-watch';
import { ShutdownState } from './shutdown-state';
import { EventRelay } from './event-relay';
import { natsServers } from './nats-servers';

export interface PlatformOptions {
  readonly name: string;
  readonly config: ServiceConfig;
}

/** The basis of every service: PostgreSQL, NATS, logs, metrics, health, and the relay of events from PostgreSQL to NATS. */
@Module({})
export class PlatformModule {
  static forRoot({ name, config }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        DatabaseModule.forRoot({ url: config.databaseUrl, applicationName: name }),
        BusModule.forRoot(natsServers(name, config)),
        TelemetryModule.forRoot({ app: name, logLevel: config.logLevel, scrubber: new Scrubber() }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [HealthController],
      providers: [
        EventRelay,
        ConnectionWatch,
        ShutdownState,
        {
          provide: READINESS_CHECKS,
          useFactory: (database: Database, bus: Bus, shutdown: ShutdownState): ReadinessCheck[] => [
            { name: 'shutdown', isReady: async () => !shutdown.hasBegun },
            { name: 'postgres', isReady: () => database.isReady() },
            { name: 'nats', isReady: async () => bus.isReady() },
          ],
          inject: [Database, Bus, ShutdownState],
        },
      ],
    };
  }
}

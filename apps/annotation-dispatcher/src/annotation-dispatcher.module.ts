import { ConfigModule, ConnectorModule, PlatformModule } from '@integrations/bootstrap';
import {
  BudgetRepository,
  Database,
  IntegrationRepository,
  OperationRepository,
  OutageRepository,
} from '@integrations/database';
import { Connector, ProviderRegistry } from '@integrations/providers';
import { OperationMetrics, Scrubber } from '@integrations/telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { APP_NAME } from './app-name';
import { DispatcherConfig } from './config';
import { Dispatcher } from './dispatcher';
import { DispatcherService } from './dispatcher.service';
import { LedgerKeeper } from './ledger-keeper';
import { ScmController } from './rpc/scm.controller';

@Module({})
export class AnnotationDispatcherModule {
  static forRoot(config: DispatcherConfig): DynamicModule {
    const app = { name: APP_NAME, config };
    return {
      module: AnnotationDispatcherModule,
      imports: [
        ConfigModule.forRoot(DispatcherConfig, config),
        PlatformModule.forRoot(app),
        ConnectorModule.forRoot(app),
      ],
      controllers: [ScmController],
      providers: [
        {
          provide: Dispatcher,
          useFactory: (
            database: Database,
            integrations: IntegrationRepository,
            operations: OperationRepository,
            budgets: BudgetRepository,
            outages: OutageRepository,
            providers: ProviderRegistry,
            connector: Connector,
            metrics: OperationMetrics,
            scrubber: Scrubber,
            log: PinoLogger,
          ) => {
            log.setContext(Dispatcher.name);
            const scrub = (text: string, tenantId: string) => scrubber.scrub(text, tenantId);
            const repositories = { database, integrations, operations, budgets, outages };
            return new Dispatcher({ config, ...repositories, providers, connector, metrics, log, scrub });
          },
          inject: [
            Database,
            IntegrationRepository,
            OperationRepository,
            BudgetRepository,
            OutageRepository,
            ProviderRegistry,
            Connector,
            OperationMetrics,
            Scrubber,
            PinoLogger,
          ],
        },
        DispatcherService,
        LedgerKeeper,
      ],
    };
  }
}

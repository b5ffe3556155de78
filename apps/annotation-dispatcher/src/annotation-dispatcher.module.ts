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
import { createDispatcher, type DispatcherParts } from './create-dispatcher';
import { DispatcherService } from './dispatcher.service';
import { Engine } from './engine/engine';
import { LedgerKeeper } from './ledger-keeper';
import { Recovery } from './offline/recovery';
import { Requests } from './rpc/requests';
import { ScmController } from './rpc/scm.controller';
import { Submissions } from './submissions/submissions';
import { Waiters } from './waiting/waiters';

const PARTS = Symbol('the parts of the dispatcher');

@Module({})
export class AnnotationDispatcherModule {
  static forRoot(config: DispatcherConfig): DynamicModule {
    const scrubber = new Scrubber();
    const app = { name: APP_NAME, config, scrubber };
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
          provide: PARTS,
          useFactory: (
            database: Database,
            integrations: IntegrationRepository,
            operations: OperationRepository,
            budgets: BudgetRepository,
            outages: OutageRepository,
            providers: ProviderRegistry,
            connector: Connector,
            metrics: OperationMetrics,
            log: PinoLogger,
          ) => {
            log.setContext('AnnotationDispatcher');
            const scrub = (text: string, tenantId: string) => scrubber.scrub(text, tenantId);
            const repositories = { database, integrations, operations, budgets, outages };
            return createDispatcher({ config, ...repositories, providers, connector, metrics, log, scrub });
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
            PinoLogger,
          ],
        },
        { provide: Engine, useFactory: (parts: DispatcherParts) => parts.engine, inject: [PARTS] },
        { provide: Recovery, useFactory: (parts: DispatcherParts) => parts.recovery, inject: [PARTS] },
        { provide: Waiters, useFactory: (parts: DispatcherParts) => parts.waiters, inject: [PARTS] },
        { provide: Requests, useFactory: (parts: DispatcherParts) => parts.requests, inject: [PARTS] },
        { provide: Submissions, useFactory: (parts: DispatcherParts) => parts.submissions, inject: [PARTS] },
        DispatcherService,
        LedgerKeeper,
      ],
    };
  }
}

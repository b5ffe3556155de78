import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ApiTokenRepository } from './access/api-token.repository';
import { AuditDigestRepository } from './access/audit-digest.repository';
import { AuditRepository } from './access/audit.repository';
import { IdempotencyRepository } from './access/idempotency.repository';
import { SealedSecretRepository } from './access/sealed-secret.repository';
import { CredentialFailureRepository } from './catalog/credential-failure.repository';
import { DependentRepository } from './catalog/dependent.repository';
import { HealthRepository } from './catalog/health.repository';
import { IntegrationRepository } from './catalog/integration.repository';
import { ProbeScheduleRepository } from './catalog/probe-schedule.repository';
import { openDataSource } from './data-source';
import { Database, type DatabaseOptions } from './database';
import { HealthHistory } from './health-history/health-history';
import { HealthRetention } from './health-history/retention';
import { BudgetRepository } from './ledger/budget.repository';
import { OperationRepository } from './ledger/operation.repository';
import { OutageRepository } from './ledger/outage.repository';
import { LedgerRetention } from './ledger/retention';
import { EventHistory } from './outbox/event-history';
import { Outbox } from './outbox/outbox';
import { DatabaseVitals } from './vitals';

const REPOSITORIES = [
  IntegrationRepository,
  HealthRepository,
  DependentRepository,
  CredentialFailureRepository,
  ProbeScheduleRepository,
  HealthHistory,
  HealthRetention,
  OperationRepository,
  BudgetRepository,
  OutageRepository,
  LedgerRetention,
  Outbox,
  EventHistory,
  ApiTokenRepository,
  SealedSecretRepository,
  AuditRepository,
  AuditDigestRepository,
  IdempotencyRepository,
  DatabaseVitals,
];

/** The database and its repositories, for the whole app. The pool closes when everything else has shut down. */
@Module({})
export class DatabaseModule {
  static forRoot(given: Omit<DatabaseOptions, 'onError'>): DynamicModule {
    const logger = new Logger('Database');
    const onError = (error: Error): void => logger.warn({ err: error }, 'database connection lost');
    const options = { ...given, onError };
    // Named, so that injecting TypeORM's own classes does not bypass the repositories.
    const name = options.applicationName;
    const database: Provider = {
      provide: Database,
      useFactory: (dataSource: DataSource) => new Database(dataSource, options),
      inject: [getDataSourceToken(name)],
    };
    const repositories: Provider[] = REPOSITORIES.map((Repository) => ({
      provide: Repository,
      useFactory: (connected: Database) => new Repository(connected),
      inject: [Database],
    }));
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          name,
          // A failed start reports its reason at once. Restarting is the supervisor's job.
          useFactory: () => ({ toRetry: () => false }),
          dataSourceFactory: () => openDataSource({ ...options, forWriting: true }),
        }),
      ],
      providers: [database, ...repositories],
      exports: [Database, ...REPOSITORIES],
    };
  }
}

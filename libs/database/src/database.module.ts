import { type DynamicModule, Logger, Module, type OnApplicationShutdown, type Provider } from '@nestjs/common';
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
import { Database, type DatabaseOptions } from './database';
import { HealthHistory } from './health-history/health-history';
import { HealthRetention } from './health-history/retention';
import { BudgetRepository } from './ledger/budget.repository';
import { OperationRepository } from './ledger/operation.repository';
import { OutageRepository } from './ledger/outage.repository';
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
  Outbox,
  EventHistory,
  ApiTokenRepository,
  SealedSecretRepository,
  AuditRepository,
  AuditDigestRepository,
  IdempotencyRepository,
  DatabaseVitals,
];

/** The database and its repositories, for the whole app. Closes the pool when everything else has shut down. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  static forRoot(options: Omit<DatabaseOptions, 'onError'>): DynamicModule {
    const logger = new Logger('Database');
    const onError = (error: Error): void => logger.warn({ err: error }, 'a database connection broke');
    const database: Provider = { provide: Database, useFactory: () => Database.connect({ ...options, onError }) };
    const repositories: Provider[] = REPOSITORIES.map((Repository) => ({
      provide: Repository,
      useFactory: (connected: Database) => new Repository(connected),
      inject: [Database],
    }));
    return {
      module: DatabaseModule,
      global: true,
      providers: [database, ...repositories],
      exports: [Database, ...REPOSITORIES],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

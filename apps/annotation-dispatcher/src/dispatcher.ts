import type { ConnectorConfig } from '@integrations/bootstrap';
import type {
  BudgetRepository,
  Database,
  IntegrationRepository,
  OperationRepository,
  OutageRepository,
} from '@integrations/database';
import { backoffMs } from '@integrations/provider-kit';
import type { Connector, ProviderRegistry } from '@integrations/providers';
import type { OperationMetrics } from '@integrations/telemetry';
import type { DispatcherConfig } from './config';
import { Attempts } from './engine/attempt';
import { Budgets } from './engine/budgets';
import { Engine } from './engine/engine';
import { LaneRunner } from './engine/lane-runner';
import { Recorder } from './engine/recorder';
import { Intake } from './intake/intake';
import { IntegrationResolver } from './intake/integration-resolver';
import { KnownIntegrations } from './known-integrations';
import { Outages } from './offline/outages';
import { Recovery } from './offline/recovery';
import { Publisher } from './publish/publisher';
import { type DispatchLog, Report } from './report';
import { DryRun } from './rpc/dry-run';
import { Requests } from './rpc/requests';
import { Submissions } from './submissions/submissions';
import { Waiters } from './waiting/waiters';

export interface DispatcherDeps {
  /** The dispatcher's own settings. */
  readonly config: Omit<DispatcherConfig, keyof ConnectorConfig | 'ledgerRetentionDays'>;
  readonly database: Database;
  readonly integrations: IntegrationRepository;
  readonly operations: OperationRepository;
  readonly budgets: BudgetRepository;
  readonly outages: OutageRepository;
  readonly providers: Pick<ProviderRegistry, 'find' | 'descriptors'>;
  readonly connector: Pick<Connector, 'annotations' | 'budget' | 'check' | 'learnSecrets'>;
  readonly metrics: Pick<OperationMetrics, 'annotated' | 'waitedForBudget' | 'heldByVendor'>;
  readonly log: DispatchLog;
  /** Removes a tenant's known secrets from a text that is published. */
  readonly scrub: (text: string, tenantId: string) => string;
}

/** The parts of the dispatcher, from the requests that come in to the engine that carries them out. */
export class Dispatcher {
  readonly engine: Engine;
  readonly recovery: Recovery;
  readonly waiters: Waiters;
  readonly requests: Requests;
  readonly submissions: Submissions;

  constructor(deps: DispatcherDeps) {
    const { config, database, integrations, operations, connector, log } = deps;
    const { laneLeaseMs: leaseMs, lanePollMs: pollMs, laneConcurrency: concurrency, maxAttempts } = config;
    const providers = deps.providers.descriptors().map(({ provider }) => provider);
    const report = new Report(log, deps.metrics);
    this.waiters = new Waiters({ operations, log, pollMs });
    const recorder = new Recorder({ database, operations, outages: deps.outages, waiters: this.waiters, report });
    const outages = new Outages({ repository: deps.outages, log, limitMs: config.offlineAfterMs });
    this.recovery = new Recovery({
      database,
      integrations,
      repository: deps.outages,
      outages,
      connector,
      log,
      report,
      providers,
      probeMs: config.offlineProbeMs,
      offline: config.offline,
    });
    const known = new KnownIntegrations();
    const budgets = new Budgets({ repository: deps.budgets, connector, metrics: deps.metrics, log });
    const attempts = new Attempts({
      integrations,
      operations,
      known,
      connector,
      budgets,
      outages,
      publisher: new Publisher({ operations, scrub: deps.scrub }),
      report,
      rules: {
        maxAttempts,
        maxLimitedMs: config.rateLimitMaxWaitMs,
        backoffMs: (attempt) => backoffMs(attempt, Math.random),
        now: Date.now,
      },
      timeoutMs: config.attemptTimeoutMs,
      offline: config.offline,
    });
    const runner = new LaneRunner({ operations, attempts, recorder, log, leaseMs, maxAttempts });
    this.engine = new Engine({ operations, runner, log, providers, concurrency, leaseMs, pollMs });
    const resolver = new IntegrationResolver(integrations, deps.providers, known);
    const { waiters, engine } = this;
    const intake = new Intake({ operations, resolver, known, budgets, waiters, report, engine, providers, log });
    this.requests = new Requests(intake, waiters, new DryRun(resolver, connector, deps.scrub), operations);
    this.submissions = new Submissions(intake);
  }
}

import type { Database, IntegrationRepository, OperationRepository } from '@integrations/database';
import { backoffMs } from '@integrations/provider-kit';
import type { Connector, ProviderRegistry } from '@integrations/providers';
import type { OperationMetrics } from '@integrations/telemetry';
import type { DispatcherConfig } from './config';
import { Attempts } from './engine/attempt';
import { Engine } from './engine/engine';
import { LaneRunner } from './engine/lane-runner';
import { Recorder } from './engine/recorder';
import { Intake } from './intake/intake';
import { IntegrationResolver } from './intake/integration-resolver';
import { KnownIntegrations } from './known-integrations';
import { type DispatchLog, Report } from './report';
import { Requests } from './rpc/requests';
import { Submissions } from './submissions/submissions';
import { Waiters } from './waiting/waiters';

export interface DispatcherDeps {
  readonly config: Pick<
    DispatcherConfig,
    'offline' | 'laneConcurrency' | 'laneLeaseMs' | 'lanePollMs' | 'attemptTimeoutMs' | 'maxAttempts'
  >;
  readonly database: Database;
  readonly integrations: IntegrationRepository;
  readonly operations: OperationRepository;
  readonly providers: Pick<ProviderRegistry, 'find'>;
  readonly connector: Pick<Connector, 'annotations'>;
  readonly metrics: Pick<OperationMetrics, 'annotated'>;
  readonly log: DispatchLog;
}

export interface DispatcherParts {
  readonly engine: Engine;
  readonly waiters: Waiters;
  readonly requests: Requests;
  readonly submissions: Submissions;
}

/** Puts the dispatcher together, from the requests that come in to the engine that carries them out. */
export function createDispatcher(deps: DispatcherDeps): DispatcherParts {
  const { config, database, integrations, operations, connector, log } = deps;
  const { laneLeaseMs: leaseMs, lanePollMs: pollMs } = config;
  const report = new Report(log, deps.metrics);
  const waiters = new Waiters({ operations, log, pollMs });
  const recorder = new Recorder({ database, operations, waiters, report });
  const known = new KnownIntegrations();
  const attempts = new Attempts({
    integrations,
    known,
    connector,
    report,
    rules: {
      maxAttempts: config.maxAttempts,
      backoffMs: (attempt) => backoffMs(attempt, Math.random),
      now: Date.now,
    },
    timeoutMs: config.attemptTimeoutMs,
    offline: config.offline,
  });
  const runner = new LaneRunner({ operations, attempts, recorder, log, leaseMs });
  const engine = new Engine({ operations, runner, log, concurrency: config.laneConcurrency, leaseMs, pollMs });
  const resolver = new IntegrationResolver(integrations, deps.providers, known);
  const intake = new Intake({ operations, resolver, known, waiters, report, engine });
  const requests = new Requests(intake, waiters, operations);
  return { engine, waiters, requests, submissions: new Submissions(intake) };
}

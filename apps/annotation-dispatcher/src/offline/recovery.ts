import type { Database, IntegrationRepository, Outage, OutageRepository } from '@integrations/database';
import type { Connector } from '@integrations/providers';
import { RecurringFailure } from '@integrations/telemetry';
import { Bell } from '../engine/bell';
import type { DispatchLog, Report } from '../report';
import type { Outages } from './outages';

export interface RecoveryOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly integrations: Pick<IntegrationRepository, 'find'>;
  readonly repository: Pick<OutageRepository, 'claimProbes' | 'tryAgain' | 'replay'>;
  readonly outages: Pick<Outages, 'look'>;
  readonly connector: Pick<Connector, 'check'>;
  readonly log: DispatchLog;
  readonly report: Pick<Report, 'superseded'>;
  /** Providers whose vendors it probes. */
  readonly providers: readonly string[];
  /** Milliseconds between two probes of a vendor. */
  readonly probeMs: number;
  /** When true, nothing is sent to any vendor: no probes, no replays. */
  readonly offline: boolean;
}

const ROUND_MS = 500;
const PROBES = 20;
const PROBE_TIMEOUT_MS = 10_000;
/** How many outages are replayed at once, and how many operations of each before the next outage gets its turn. */
const REPLAYS = 4;
const BATCH = 200;

/** Probes vendors that are not reached. Once a vendor is reached again, replays in order what was parked for it. */
export class Recovery {
  readonly #bell = new Bell();
  readonly #stopping = new AbortController();
  readonly #probes = new Set<Promise<void>>();
  #rounds: Promise<void> = Promise.resolve();

  readonly #failure: RecurringFailure;

  constructor(private readonly options: RecoveryOptions) {
    this.#failure = new RecurringFailure(options.log, 'cannot look for outages; trying again');
  }

  start(): void {
    this.#rounds = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#bell.ring();
    await this.#rounds;
    await Promise.all(this.#probes);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#round().catch((error: unknown) => this.#failure.failed(error));
      await this.#bell.sleep(ROUND_MS);
    }
  }

  async #round(): Promise<void> {
    const { outages, repository, providers, probeMs, offline } = this.options;
    const known = await outages.look();
    if (known.length === 0 || offline) return;
    for (const due of await repository.claimProbes({ limit: PROBES, providers, probeIntervalMs: probeMs })) {
      const probe = this.#probe(due).finally(() => this.#probes.delete(probe));
      this.#probes.add(probe);
    }
    const over = known.filter((outage) => outage.over).values();
    const replayNext = async () => {
      for (const outage of over) await this.#replay(outage);
    };
    await Promise.all(Array.from({ length: REPLAYS }, replayNext));
  }

  async #probe({ tenantId, integrationId }: Pick<Outage, 'tenantId' | 'integrationId'>): Promise<void> {
    const { integrations, connector, repository, log } = this.options;
    try {
      const integration = await integrations.find(tenantId, integrationId);
      if (!integration) return;
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
      const { status, code } = await connector.check(integration, signal);
      const reached = (status === 'healthy' || status === 'degraded') && code !== 'server_degraded';
      if (!reached || !(await repository.tryAgain({ tenantId, integrationId }))) return;
      log.info({ tenantId, integrationId, provider: integration.provider }, 'vendor reachable again');
    } catch (error) {
      log.warn({ tenantId, integrationId, err: error }, 'cannot probe an unreachable vendor; trying again');
    }
  }

  async #replay(outage: Outage): Promise<void> {
    const { database, repository, report } = this.options;
    const requeued = await database.transaction((tx) => repository.replay(outage, BATCH, tx));
    for (const row of requeued) if (row.state === 'superseded') report.superseded(row);
    if (requeued.length === BATCH) this.#bell.ring();
  }
}

import { Dispatcher, type DispatcherDeps } from '../../../apps/annotation-dispatcher/src/dispatcher';
import type { DispatchLog } from '../../../apps/annotation-dispatcher/src/report';
import type { BusMessage, RpcContext } from '@integrations/bus';
import {
  type OperationResult,
  type ProviderDescriptor,
  type ScmAccepted,
  type ScmCommentRequest,
  type ScmResponse,
} from '@integrations/contracts';
import {
  BudgetRepository,
  IntegrationRepository,
  OperationRepository,
  type OperationRow,
  OutageRepository,
} from '@integrations/database';
import type { Annotation } from '@integrations/payload-builder';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import { Connector, ProviderRegistry } from '@integrations/providers';
import { openDatabase, type TestDatabase } from '../database/support';
import { eventually } from '../../support/eventually';

export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export interface TestDispatcher extends Dispatcher {
  readonly lines: Line[];
  /** The counted metrics: `succeeded`, `failed` … */
  readonly counted: { status: string; seconds: number | null }[];
  /** Sends a comment request and waits for the reply. */
  comment(overrides?: Partial<ScmCommentRequest>, caller?: Partial<RpcContext>): Promise<OperationResult<ScmResponse>>;
}

export type Settings = DispatcherDeps['config'];

const SETTINGS: Settings = {
  offline: false,
  laneConcurrency: 8,
  // Longer than the pauses of a machine under load, because a lost lane leads to a second post.
  laneLeaseMs: 10_000,
  lanePollMs: 50,
  attemptTimeoutMs: 10_000,
  maxAttempts: 3,
  rateLimitMaxWaitMs: 60_000,
  offlineAfterMs: 60_000,
  offlineProbeMs: 300,
};

const SCRIPTED: DispatcherDeps['providers'] = {
  find: () => ({ capabilities: ['comment'] }) as unknown as ConnectorPlugin,
  descriptors: () => [{ provider: 'scripted' } as ProviderDescriptor],
};

/** Dispatchers on one real database and one scripted vendor, each with its own connection pool. */
export class Dispatchers {
  readonly #started: TestDispatcher[] = [];

  private constructor(
    readonly db: TestDatabase,
    readonly operations: OperationRepository,
    readonly integrationId: string,
  ) {}

  static async open(): Promise<Dispatchers> {
    const db = await openDatabase();
    const row = await new IntegrationRepository(db.database).insert({
      id: '01920000-0000-7000-8000-00000000000a',
      tenantId: 'acme',
      name: 'scripted',
      description: null,
      type: 'scm',
      provider: 'scripted',
      endpoint: 'https://vendor.example',
      authRef: null,
      config: {},
      tags: [],
      enabled: true,
      intervalSeconds: 60,
    });
    return new Dispatchers(db, new OperationRepository(db.database), row.id);
  }

  async start(
    vendor: DispatcherDeps['connector'],
    settings: Partial<Settings> = {},
    providers: DispatcherDeps['providers'] = SCRIPTED,
  ): Promise<TestDispatcher> {
    const database = await this.db.another();
    const lines: Line[] = [];
    const counted: { status: string; seconds: number | null }[] = [];
    const parts = new Dispatcher({
      config: { ...SETTINGS, ...settings },
      database,
      integrations: new IntegrationRepository(database),
      operations: new OperationRepository(database),
      budgets: new BudgetRepository(database),
      outages: new OutageRepository(database),
      providers,
      connector: vendor,
      metrics: {
        annotated: (_provider, _operation, status, seconds) => counted.push({ status, seconds }),
        waitedForBudget: (_provider, seconds) => counted.push({ status: 'waits', seconds }),
        heldByVendor: () => counted.push({ status: 'held', seconds: null }),
      },
      log: collect(lines),
      scrub: (text) => text,
    });
    const dispatcher = { ...parts, lines, counted, comment: ask(parts) };
    this.#started.push(dispatcher);
    parts.engine.start();
    parts.recovery.start();
    return dispatcher;
  }

  /** Starts a dispatcher that does not know the provider, as may happen during an upgrade. */
  startWithoutPlugin(settings: Partial<Settings> = {}): Promise<TestDispatcher> {
    const registry = new ProviderRegistry([]);
    const connector = new Connector({
      registry,
      egress: { bind: refuse },
      tokens: { get: refuse, forget: refuse },
      secrets: { resolve: refuse, forget: refuse },
      clock: { now: Date.now },
    });
    return this.start(connector, settings, registry);
  }

  /** Stops the engines of a test, by force if needed, and empties the ledger. */
  async reset(): Promise<void> {
    await Promise.all(
      this.#started
        .splice(0)
        .map(({ engine, recovery }) => [engine.stop(0), recovery.stop()])
        .flat(),
    );
    await this.db.sql(
      'TRUNCATE annotation_operation, annotation_lane, outbox, vendor_outage, annotation_turn, annotation_budget',
    );
  }

  async close(): Promise<void> {
    await this.db.close();
  }

  /** Waits until the ledger row is as expected, and returns it. */
  row(operationId: string, isRight: (row: OperationRow) => boolean = (row) => row.finishedAt !== null) {
    return eventually(`operation ${operationId}`, async () => {
      const row = await this.operations.find('acme', operationId);
      return row && isRight(row) ? row : null;
    });
  }

  /** The events of an operation, in order. */
  async events(operationId: string): Promise<{ event: string; data: Record<string, unknown> }[]> {
    return this.db.sql("SELECT event, data FROM outbox WHERE data->>'operationId' = $1 ORDER BY id", [operationId]);
  }

  /** Resolves when no lane is left. */
  async idle(): Promise<void> {
    await eventually('the lanes to go', async () => ((await this.lanes()).length === 0 ? true : null));
  }

  async lanes(): Promise<{ lane: string; lease_token: string | null }[]> {
    return this.db.sql('SELECT lane, lease_token FROM annotation_lane ORDER BY lane');
  }
}

function commentRequest(overrides: Partial<ScmCommentRequest> = {}): ScmCommentRequest {
  const request = { owner: 'octo', repository: 'demo', pullRequestNumber: 7, body: 'hi', updateExisting: true };
  return { ...request, wait: 'completed', ...overrides };
}

/** A comment request as received from the stream. */
export function submission(overrides: Partial<ScmCommentRequest> = {}, publishedAt = new Date()): BusMessage {
  return {
    subject: 'integrations.v1.annotate.acme.comment',
    body: new Uint8Array(),
    id: undefined,
    deliveries: 1,
    sequence: 1,
    publishedAt,
    header: () => undefined,
    json: () => ({ ok: true, value: commentRequest(overrides) }),
  };
}

/** The operation id in a reply to a request with `wait: accepted`. */
export function idOf(reply: OperationResult<ScmResponse | ScmAccepted>): string {
  if (reply.operationId === null) throw new Error(`no operation: ${reply.errorMessage}`);
  return reply.operationId;
}

function ask({ requests }: Dispatcher): TestDispatcher['comment'] {
  return (overrides = {}, caller = {}) => {
    const annotation: Annotation = { operation: 'comment', request: commentRequest(overrides) };
    return requests.annotate(annotation, { tenantId: 'acme', ...caller }) as Promise<OperationResult<ScmResponse>>;
  };
}

function refuse(): never {
  throw new Error('without a plugin nothing is asked for');
}

function collect(lines: Line[]): DispatchLog {
  const at = (level: Line['level']) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Record<string, unknown>, message });
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

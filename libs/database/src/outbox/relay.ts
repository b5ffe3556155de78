import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database';
import { type OutboxMessage, type SequencedEvent, toMessage } from './message';
import { type EventPosition, RelayStore } from './relay-store';
import { SnapshotKeeper, type SnapshotSink } from './snapshot-keeper';
import { SnapshotStore } from './snapshot-store';

export interface RelayOptions {
  /** Resolves when every message is stored. A message may be sent again with the same id and sequence. */
  readonly publishAll: (messages: readonly OutboxMessage[]) => Promise<void>;
  /** The newest event on the bus, or null. Without it, the relay does not notice that the database was restored. */
  readonly newest?: () => Promise<EventPosition | null>;
  /** Called when the database was restored to an earlier state and sequences now continue far above those lost. */
  readonly onDatabaseRestored?: () => void;
  /** Where the state of each integration is kept, as of its last published event. */
  readonly snapshots: SnapshotSink;
  /** Called with each failure; the relay goes on by itself. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between polls for events of other processes. */
  readonly pollMs?: number;
  /** Milliseconds before another attempt to lead, after a failure or while another relay leads. */
  readonly retryMs?: number;
  /** Milliseconds for which published events are kept. */
  readonly retentionMs?: number;
}

const BATCH = 500;
/** Each round costs two commits, which delay other commits. So a round gathers events for this long when few arrive. */
const GATHER_MS = 50;
const PRUNE_EVERY_MS = 60_000;
/** While more is left to remove than one statement removes. */
const PRUNE_AGAIN_MS = 1_000;
const WEEK_MS = 7 * 24 * 3_600_000;

/**
 * Publishes the outbox to JetStream: at least once, in order per integration, with gapless sequences. Start it in every
 * replica; one leads and the others wait to take over.
 */
export class OutboxRelay {
  readonly #options: Required<RelayOptions>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #nextPrune = 0;
  #interrupted = false;

  constructor(
    private readonly database: Database,
    options: RelayOptions,
  ) {
    const defaults = { newest: async () => null, onDatabaseRestored: () => undefined };
    this.#options = { ...defaults, pollMs: 200, retryMs: 1_000, retentionMs: WEEK_MS, ...options };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Call when the bus connection is lost. The bus may have lost data, so the next leader compares the snapshots. */
  interrupt(): void {
    this.#interrupted = true;
  }

  /** Ends after the messages in flight. What is left stays in the outbox. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#lead().catch(this.#options.onError);
      await this.#pause(this.#options.retryMs);
    }
  }

  /** Leads until something fails or the bus goes away. Then the lock is free for a replica with better connections. */
  async #lead(): Promise<void> {
    const session = await this.database.openSession();
    let stopKeepAlive = (): void => undefined;
    try {
      const store = new RelayStore(session);
      if (!(await this.#awaitLeadership(store))) return;
      stopKeepAlive = store.keepAlive();
      this.#interrupted = false;
      const newest = await this.#options.newest();
      if (newest && (await store.skipLostSequences(newest))) this.#options.onDatabaseRestored();
      const snapshots = new SnapshotKeeper(new SnapshotStore(session), this.#options.snapshots, this.#options.onError);
      const published = new Published(store, snapshots);
      try {
        await this.#publishLeftovers(store, published);
        await this.#relay(store, snapshots, published);
      } finally {
        await published.mark();
      }
    } finally {
      stopKeepAlive();
      await session.end().catch(() => undefined);
    }
  }

  /** False if the relay is stopped before it leads. */
  async #awaitLeadership(store: RelayStore): Promise<boolean> {
    while (!this.#stopping) {
      if (await store.lead()) return true;
      await this.#pause(this.#options.retryMs);
    }
    return false;
  }

  /** Publishes what earlier leaders left: events that have a sequence and are not known to be published. */
  async #publishLeftovers(store: RelayStore, published: Published): Promise<void> {
    while (!this.#stopping) {
      const batch = await store.unpublished(BATCH);
      if (batch.length === 0) return;
      await this.#publish(batch, published);
      await published.mark();
    }
  }

  /** While a batch is being published, the database marks the previous batch and assigns sequences to the next. */
  async #relay(store: RelayStore, snapshots: SnapshotKeeper, published: Published): Promise<void> {
    let batch = await store.sequence(BATCH);
    // Events that waited for a leader go before pruning.
    this.#nextPrune = performance.now() + PRUNE_AGAIN_MS;
    while (!this.#stopping && !this.#interrupted) {
      const [marked, next] = await all(published.mark(), store.sequence(BATCH), this.#publish(batch, published));
      const handled = marked + batch.length + next.length;
      const trickles = batch.length > 0 && next.length < BATCH;
      batch = next;
      // Nothing of a first batch is marked yet, so its snapshots could not be written.
      const written = marked > 0 || handled === 0 ? await snapshots.write(handled === 0) : 0;
      // Prunes in busy rounds too: under steady load there are no idle ones.
      if (performance.now() >= this.#nextPrune) await this.#prune(store);
      if (handled + written === 0) await this.#pause(this.#options.pollMs);
      else if (trickles) await this.#pause(GATHER_MS);
    }
  }

  async #publish(batch: readonly SequencedEvent[], published: Published): Promise<void> {
    for (const wave of waves(batch)) {
      if (this.#stopping) return;
      await this.#options.publishAll(wave.map(toMessage));
      published.add(wave);
    }
  }

  get #stopping(): boolean {
    return this.#stop.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  async #prune(store: RelayStore): Promise<void> {
    const hasMore = await store.prune(this.#options.retentionMs);
    this.#nextPrune = performance.now() + (hasMore ? PRUNE_AGAIN_MS : PRUNE_EVERY_MS);
  }
}

/** Events that are on the bus but not marked in the outbox yet. */
class Published {
  #events: SequencedEvent[] = [];

  constructor(
    private readonly store: RelayStore,
    private readonly snapshots: SnapshotKeeper,
  ) {}

  add(events: readonly SequencedEvent[]): void {
    this.#events.push(...events);
  }

  /** Marks them in the outbox and returns how many there were. */
  async mark(): Promise<number> {
    const events = this.#events;
    if (events.length === 0) return 0;
    this.#events = [];
    await this.store.markPublished(events.map(({ id }) => id));
    // Only after the marks: an unmarked event keeps its snapshot from being written.
    this.snapshots.changed(events.filter(({ type }) => type !== null));
    return events.length;
  }
}

/** Waits for every promise, so that nothing is still in flight when a failure is thrown. */
async function all<T extends unknown[]>(...work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as T;
}

/**
 * The first event of each integration, then the second of each, and so on. With two events of one integration in flight,
 * the second could be stored without the first.
 */
function waves(batch: readonly SequencedEvent[]): SequencedEvent[][] {
  const nth = new Map<string, number>();
  const found: SequencedEvent[][] = [];
  for (const event of batch) {
    const n = nth.get(event.integrationId) ?? 0;
    nth.set(event.integrationId, n + 1);
    (found[n] ??= []).push(event);
  }
  return found;
}

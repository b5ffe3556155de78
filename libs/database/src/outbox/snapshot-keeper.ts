import { setTimeout as sleep } from 'node:timers/promises';
import type { IntegrationState, LastSequence, SnapshotStore } from './snapshot-store';

/** Identifies a snapshot. */
export interface SnapshotPosition {
  readonly tenantId: string;
  readonly integrationId: string;
}

/** The last event of an integration that the outbox has marked as published. */
type LastPublished = SnapshotPosition & { readonly sequence: number };

/** The state of the place where snapshots are kept; shows whether others have removed snapshots. */
export interface SnapshotPlace {
  /** Changes when the place is deleted and created again. */
  readonly identity: string;
  /** May grow with `put`. Neither `put` nor `remove` lowers it. */
  readonly size: number;
  /** Counts each snapshot that was ever put or removed there, by anyone. */
  readonly writes: number;
}

/** Keeps snapshots for consumers that start reading events late. */
export interface SnapshotSink {
  readonly status: () => Promise<SnapshotPlace>;
  /** Calls back with each stored snapshot and its sequence. */
  readonly forEach: (visit: (position: SnapshotPosition, sequence: number) => void) => Promise<void>;
  readonly put: (states: readonly IntegrationState[]) => Promise<void>;
  /** Ignores snapshots that do not exist. */
  readonly remove: (positions: readonly SnapshotPosition[]) => Promise<void>;
}

const CHUNK = 500;
const PAGE = 5_000;
/** While events wait, snapshots get a turn this often. Events come first, and one snapshot covers many events. */
const TURN_MS = 500;
/** After a turn, events get ten times as long as the turn took. */
const EVENT_SHARE = 10;
/** How long a turn waits for the comparison. */
const COMPARE_WAIT_MS = 50;
const RETRY_MS = 1_000;
/** How often to check that the snapshots still exist. Quiet integrations write nothing that would reveal a loss. */
const CHECK_EVERY_MS = 10_000;

/**
 * Updates the snapshots after the events, for the leading relay. A snapshot is never ahead of the stream: while an event
 * that changed the integration is unpublished, its snapshot stays as it is. A new leader compares all snapshots with the
 * database, and so repairs what a killed leader left behind and what was lost.
 */
export class SnapshotKeeper {
  readonly #due = new Map<string, { readonly tenantId: string; readonly published: number | null }>();
  #compared = false;
  /** Set while snapshots and database are being compared; rejects if the database fails meanwhile. */
  #comparing: Promise<void> | undefined;
  /** As of the last look, plus the writes since. */
  #place: SnapshotPlace = { identity: '', size: 0, writes: 0 };
  #nextCheck = 0;
  #nextTurn = 0;
  #retryAt = 0;

  constructor(
    private readonly store: Pick<SnapshotStore, 'read' | 'lastSequences'>,
    private readonly sink: SnapshotSink,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Call with the new events on the stream, those of one integration in order. */
  changed(events: readonly LastPublished[]): void {
    for (const { integrationId, tenantId, sequence } of events) {
      this.#due.set(integrationId, { tenantId, published: sequence });
    }
  }

  /**
   * Writes some of the due snapshots if it is time for that, and returns how many. A failure of the sink goes to `onError`
   * and is retried later; a failure of the database rejects.
   */
  async write(idle: boolean): Promise<number> {
    const started = performance.now();
    if (started < this.#retryAt || (!idle && started < this.#nextTurn)) return 0;
    const written = await this.#turn();
    const now = performance.now();
    this.#nextTurn = now + Math.max(TURN_MS, EVENT_SHARE * (now - started));
    return written;
  }

  async #turn(): Promise<number> {
    if (this.#compared && performance.now() >= this.#nextCheck && !(await this.#checkPlace())) return 0;
    if (!this.#compared && !(await this.#compareInBackground())) return 0;
    const chunk = [...this.#due].slice(0, CHUNK).map(([integrationId, due]) => ({ integrationId, ...due }));
    if (chunk.length === 0) return 0;

    const { states, pending } = await this.store.read(chunk);
    const live = new Set(states.map(({ integrationId }) => integrationId));
    const deleted = chunk.filter(({ integrationId: id }) => !live.has(id) && !pending.has(id));
    const done = await this.#tryOnSink(async () => {
      if (states.length > 0) await this.sink.put(states);
      if (deleted.length > 0) await this.sink.remove(deleted);
    });
    if (!done) return 0;
    // The pending ones are due again when their events are published.
    for (const { integrationId } of chunk) this.#due.delete(integrationId);
    // Look again soon: a snapshot that disappears before the next look would not be missed.
    this.#nextCheck = 0;
    this.#place = { ...this.#place, writes: this.#place.writes + states.length + deleted.length };
    return chunk.length;
  }

  /** Checks whether others changed the snapshots. False if the sink fails. */
  #checkPlace(): Promise<boolean> {
    this.#nextCheck = performance.now() + CHECK_EVERY_MS;
    return this.#tryOnSink(async () => {
      const { identity, size, writes } = this.#place;
      const place = await this.sink.status();
      if (place.identity !== identity || place.size < size || place.writes !== writes) this.#compared = false;
      this.#place = place;
    });
  }

  /** Goes on comparing but waits only briefly: with many snapshots it takes seconds, which must not delay events. */
  async #compareInBackground(): Promise<boolean> {
    this.#comparing ??= this.#compare();
    // If it fails while nobody waits, the next turn learns of it.
    this.#comparing.catch(() => undefined);
    await Promise.race([this.#comparing, sleep(COMPARE_WAIT_MS)]);
    return this.#compared;
  }

  async #compare(): Promise<void> {
    if (await this.#findDifferences()) this.#compared = true;
    this.#comparing = undefined;
  }

  /** Queues the snapshots that differ from the database. False if the snapshots cannot be read now. */
  async #findDifferences(): Promise<boolean> {
    const present = new Map<string, { readonly tenantId: string; readonly sequence: number }>();
    const read = await this.#tryOnSink(async () => {
      this.#place = await this.sink.status();
      await this.sink.forEach(({ integrationId, tenantId }, sequence) => {
        present.set(integrationId, { tenantId, sequence });
      });
    });
    if (!read) return false;
    for await (const { integrationId, tenantId, last, live } of this.#lastSequences()) {
      const snapshot = present.get(integrationId);
      present.delete(integrationId);
      const upToDate = live ? snapshot?.sequence === last && snapshot.tenantId === tenantId : !snapshot;
      if (!upToDate) this.#due.set(integrationId, { tenantId: tenantId ?? snapshot?.tenantId ?? '', published: null });
    }
    // Snapshots of integrations that this database does not know.
    for (const [integrationId, { tenantId }] of present) {
      this.#due.set(integrationId, { tenantId, published: null });
    }
    return true;
  }

  async *#lastSequences() {
    let after: string | null = null;
    for (;;) {
      const page: LastSequence[] = await this.store.lastSequences(after, PAGE);
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.integrationId;
    }
  }

  async #tryOnSink(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_MS;
      // Snapshots in an unreachable sink may be lost.
      this.#compared = false;
      this.onError(error);
      return false;
    }
  }
}

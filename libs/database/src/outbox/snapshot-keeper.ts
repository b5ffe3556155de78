import { setTimeout as sleep } from 'node:timers/promises';
import type { IntegrationState, LastSequence, SnapshotStore } from './snapshot-store';

/** Which snapshot is meant. */
export interface SnapshotPosition {
  readonly tenantId: string;
  readonly integrationId: string;
}

/** The last of its events that the outbox knows to be published. */
type LastPublished = SnapshotPosition & { readonly sequence: number };

/** What shows that somebody else has removed snapshots. */
export interface SnapshotPlace {
  /** Another one than before once the place was removed and made anew. */
  readonly identity: string;
  /** Grows with what is put there and never sinks by it, nor by `remove`. */
  readonly size: number;
  /** One more for each snapshot that was ever put or removed there, by whomever. */
  readonly writes: number;
}

/** Where snapshots are kept, for consumers of events that start late. */
export interface SnapshotSink {
  readonly look: () => Promise<SnapshotPlace>;
  /** Calls back with each snapshot there is, and the sequence in it. */
  readonly forEach: (look: (position: SnapshotPosition, sequence: number) => void) => Promise<void>;
  readonly put: (states: readonly IntegrationState[]) => Promise<void>;
  /** Harmless for those that are not there. */
  readonly remove: (positions: readonly SnapshotPosition[]) => Promise<void>;
}

const CHUNK = 500;
const PAGE = 5_000;
/** While events wait, snapshots get a turn this often: events come first, and one snapshot stands for many of them. */
const TURN_MS = 500;
/** However long a turn takes, events get ten times as long before the next. */
const SHARE = 10;
/** How long a turn waits for the comparison. */
const PATIENCE_MS = 50;
const RETRY_MS = 1_000;
/** How often it is seen to that the snapshots are where they were: of quiet integrations nothing is written that could fail. */
const LOOK_MS = 10_000;

/**
 * Brings the snapshots up to date behind the events, for the relay that leads. A snapshot is never ahead of the stream:
 * while an event that changed the integration is not published, its snapshot stays as it is. Whoever begins to lead
 * compares all snapshots with the database, and so mends what a killed leader left or what was lost.
 */
export class SnapshotKeeper {
  readonly #due = new Map<string, { readonly tenantId: string; readonly published: number | null }>();
  #compared = false;
  /** While they are being compared; rejected once the database failed meanwhile. */
  #comparing: Promise<void> | undefined;
  /** As it was looked at last, and with what was written since. */
  #place: SnapshotPlace = { identity: '', size: 0, writes: 0 };
  #nextLook = 0;
  #nextTurn = 0;
  #retryAt = 0;

  constructor(
    private readonly store: Pick<SnapshotStore, 'read' | 'lastSequences'>,
    private readonly sink: SnapshotSink,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** These integrations have new events on the stream; those of one in their order. */
  changed(events: readonly LastPublished[]): void {
    for (const { integrationId, tenantId, sequence } of events) {
      this.#due.set(integrationId, { tenantId, published: sequence });
    }
  }

  /**
   * Writes some of what is due, if it is time to, and answers how many that were. A sink that fails is told of, and
   * asked again later; a database that fails rejects.
   */
  async write(idle: boolean): Promise<number> {
    const started = performance.now();
    if (started < this.#retryAt || (!idle && started < this.#nextTurn)) return 0;
    const written = await this.#turn();
    const now = performance.now();
    this.#nextTurn = now + Math.max(TURN_MS, SHARE * (now - started));
    return written;
  }

  async #turn(): Promise<number> {
    if (this.#compared && performance.now() >= this.#nextLook && !(await this.#look())) return 0;
    if (!this.#compared && !(await this.#compareMeanwhile())) return 0;
    const chunk = [...this.#due].slice(0, CHUNK).map(([integrationId, due]) => ({ integrationId, ...due }));
    if (chunk.length === 0) return 0;

    const { states, pending } = await this.store.read(chunk);
    const live = new Set(states.map(({ integrationId }) => integrationId));
    const gone = chunk.filter(({ integrationId: id }) => !live.has(id) && !pending.has(id));
    const done = await this.#sunk(async () => {
      if (states.length > 0) await this.sink.put(states);
      if (gone.length > 0) await this.sink.remove(gone);
    });
    if (!done) return 0;
    // The pending ones are due again when their events are published.
    for (const { integrationId } of chunk) this.#due.delete(integrationId);
    // What is removed before the place was seen to hold it would not be missed.
    this.#nextLook = 0;
    this.#place = { ...this.#place, writes: this.#place.writes + states.length + gone.length };
    return chunk.length;
  }

  /** False if it cannot be told now. */
  #look(): Promise<boolean> {
    this.#nextLook = performance.now() + LOOK_MS;
    return this.#sunk(async () => {
      const { identity, size, writes } = this.#place;
      const place = await this.sink.look();
      if (place.identity !== identity || place.size < size || place.writes !== writes) this.#compared = false;
      this.#place = place;
    });
  }

  /** Goes on comparing, and waits for a moment only: of many snapshots it takes seconds, for which no event has to wait. */
  async #compareMeanwhile(): Promise<boolean> {
    this.#comparing ??= this.#compare();
    // If it fails while nobody waits, the next turn learns of it.
    this.#comparing.catch(() => undefined);
    await Promise.race([this.#comparing, sleep(PATIENCE_MS)]);
    return this.#compared;
  }

  async #compare(): Promise<void> {
    if (await this.#findDifferences()) this.#compared = true;
    this.#comparing = undefined;
  }

  /** Between the snapshots and the database; false if the snapshots cannot be read now. */
  async #findDifferences(): Promise<boolean> {
    const present = new Map<string, { readonly tenantId: string; readonly sequence: number }>();
    const read = await this.#sunk(async () => {
      this.#place = await this.sink.look();
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
    // Of integrations that this database has never heard of.
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

  async #sunk(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_MS;
      // What could not be reached may be lost.
      this.#compared = false;
      this.onError(error);
      return false;
    }
  }
}

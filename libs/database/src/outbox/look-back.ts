import type { Session } from '../session';

/** Where a scan begins. */
interface Beginning {
  /** Up to this id, every event has a sequence, except events of the transactions in `open`. */
  readonly after: number;
  /** Transaction ids. Once one of these transactions has ended, the scan must start at the very first event. */
  readonly open: readonly string[];
}

const FIRST: Beginning = { after: 0, open: [] };
/** Longer than it takes a transaction, after taking an event id, to get its own id, by which snapshots show it. */
const MARK_EVERY_MS = 1_000;
/** Interval of full scans, for a transaction that was suspended between these two moments. */
const FULL_SCAN_EVERY_MS = 60_000;

/**
 * Where the relay starts looking for events without a sequence. PostgreSQL's index keeps dead entries of events that have
 * one by now until vacuum removes them, and any open transaction, such as a backup, delays vacuum. Starting at the first
 * event each time would read all dead entries each time.
 */
export class LookBack {
  #beginning = FIRST;
  /** Candidate for the next beginning, recorded a while ago. */
  #mark: Beginning = FIRST;
  #markedAt = -Infinity;
  /** The next beginning, used once a scan has covered everything before it. */
  #next = FIRST;
  #highest = 0;
  #fullScanAt = performance.now();

  constructor(private readonly session: Session) {}

  async begin(): Promise<Beginning> {
    if (performance.now() - this.#markedAt > MARK_EVERY_MS) await this.#putMark();
    if (performance.now() - this.#fullScanAt < FULL_SCAN_EVERY_MS) return this.#beginning;
    this.#fullScanAt = performance.now();
    return FIRST;
  }

  /** Call after a scan of at most `limit` events, with the events found, in order of id. */
  scanned(found: readonly { readonly id: number }[], limit: number): void {
    const last = found.at(-1)?.id ?? 0;
    this.#highest = Math.max(this.#highest, last);
    if (found.length < limit || last >= this.#next.after) this.#beginning = this.#next;
  }

  /**
   * A transaction that took an id below that of a sequenced event was already running. It has ended since, or is among the
   * open ones.
   */
  async #putMark(): Promise<void> {
    const { rows } = await this.session.query<{ open: string[] }>(
      'SELECT ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot()))::text[] AS open',
    );
    const open = rows[0]?.open ?? [];
    const { after, open: before } = this.#mark;
    this.#next = { after, open: before.filter((xid) => open.includes(xid)) };
    this.#mark = { after: this.#highest, open };
    this.#markedAt = performance.now();
  }
}

import type { Session } from '../session';

/** Where a look begins. */
interface Beginning {
  /** An id up to which each event has a sequence, but for those of these transactions. */
  readonly after: number;
  /** Once one of them has ended, the look has to begin with the first event of all. */
  readonly open: readonly string[];
}

const FIRST: Beginning = { after: 0, open: [] };
/** Longer than a transaction takes to get an id of its own, by which it is seen, after it took that of an event. */
const MARK_EVERY_MS = 1_000;
/** For a transaction that was stopped just in between. */
const WHOLE_EVERY_MS = 60_000;

/**
 * Where the relay looks for events without a sequence. PostgreSQL's index keeps the place of each that had none until a
 * vacuum may remove it, which any transaction that stays open puts off, a backup's for one: who began with the first each
 * time would read all of these each time.
 */
export class LookBack {
  #beginning = FIRST;
  /** What may be the next one, as of a while ago. */
  #mark: Beginning = FIRST;
  #markedAt = -Infinity;
  /** To begin with once a look has been through all before it. */
  #next = FIRST;
  #highest = 0;
  #wholeAt = performance.now();

  constructor(private readonly session: Session) {}

  async begin(): Promise<Beginning> {
    if (performance.now() - this.#markedAt > MARK_EVERY_MS) await this.#putMark();
    if (performance.now() - this.#wholeAt < WHOLE_EVERY_MS) return this.#beginning;
    this.#wholeAt = performance.now();
    return FIRST;
  }

  /** After a look of at most `limit`, with what it found in the order of ids. */
  looked(found: readonly { readonly id: number }[], limit: number): void {
    const last = found.at(-1)?.id ?? 0;
    this.#highest = Math.max(this.#highest, last);
    if (found.length < limit || last >= this.#next.after) this.#beginning = this.#next;
  }

  /** Whoever took an id below that of an event with a sequence was at work before: it has ended since, or is still open. */
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

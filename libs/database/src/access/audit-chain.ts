import type { AuditBreak, AuditBreakKind } from '@integrations/contracts';
import { FIRST_PREV_HASH, hashOf } from './audit-hash';
import type { AuditHead, AuditRecord, EntryName } from './audit-record';

/** An entry that matches its own hash, but whose follower refers to another hash. One of the two was planted. */
export interface BrokenLink {
  readonly entry: EntryName;
  readonly follower: AuditRecord;
}

type Link = Pick<AuditRecord, 'id' | 'position' | 'hash'>;

const START: Link = { id: '', position: 0, hash: FIRST_PREV_HASH };

/** Follows a chain entry by entry. Keeps only the entries that are wrong, and no more of them than the limit. */
export class ChainWalk {
  rows = 0;
  readonly brokenLinks: BrokenLink[] = [];
  readonly #breaks: AuditBreak[] = [];
  readonly #suspects = new Map<string, AuditRecord>();
  /** The entries at the current position: one, unless the chain forks. */
  #tips: Link[] = [START];

  constructor(private readonly limit: number) {}

  /** Entries must come in ascending order of position. */
  take(record: AuditRecord): void {
    this.rows++;
    const isIntact = hashOf(record, record.prevHash).equals(record.hash);
    if (!isIntact) this.#suspects.set(record.id, record);
    if (record.position <= this.#position) {
      this.#tips.push(record);
      return;
    }
    const isNext = record.position === this.#position + 1;
    if (!isNext) this.#reportGap('missing', record.position - 1);
    const broken = this.#settleTips(isNext ? record.prevHash : null);
    if (broken && isIntact) this.#reportBrokenLink(broken, record);
    this.#tips = [record];
  }

  /** Checks that the chain ends at this head; null if the tenant has no head. */
  end(head: AuditHead | null): void {
    if (!head) {
      if (this.rows > 0) this.#breaks.push(breakAt('truncated', this.#position + 1, null));
      return;
    }
    const isReached = this.#position === head.position;
    if (!isReached) this.#reportGap('truncated', head.position);
    const broken = this.#settleTips(isReached ? head.hash : null);
    if (broken) this.report('altered', broken);
  }

  /** Reports a break at the entry. The first kind reported for an entry stays. */
  report(kind: AuditBreakKind, { id, position }: EntryName): void {
    if (!this.#breaks.some(({ auditId }) => auditId === id)) this.#breaks.push(breakAt(kind, position, position, id));
  }

  get isFull(): boolean {
    return this.#breaks.length + this.#suspects.size + this.brokenLinks.length + this.#tips.length > this.limit;
  }

  /** By position, at most `limit`. */
  breaks(): AuditBreak[] {
    const suspects = [...this.#suspects.values()];
    const named = suspects.map((record) => {
      const kind = this.#isMoved(record) ? 'reordered' : 'altered';
      return breakAt(kind, record.position, record.position, record.id);
    });
    const all = [...this.#breaks.filter(({ auditId }) => !this.#suspects.has(auditId ?? '')), ...named];
    return all.sort((a, b) => a.position - b.position).slice(0, this.limit);
  }

  get #position(): number {
    return this.#tips[0]?.position ?? 0;
  }

  #reportGap(kind: 'missing' | 'truncated', through: number): void {
    this.#breaks.push(breakAt(kind, this.#position + 1, through));
  }

  /**
   * After a fork, reports every tip except the one with this hash as forked. Without a fork, returns the tip if it has
   * another hash. `hash` is null if it is unknown.
   */
  #settleTips(hash: Buffer | null): Link | null {
    const expected = hash && this.#tips.find((tip) => tip.hash.equals(hash));
    const [tip] = this.#tips;
    if (this.#tips.length === 1 && tip) return hash && !expected ? tip : null;
    for (const other of this.#tips) if (other !== expected && other !== START) this.report('forked', other);
    return null;
  }

  #reportBrokenLink(entry: Link, follower: AuditRecord): void {
    if (entry === START) this.report('altered', follower);
    else if (!this.#suspects.has(entry.id)) this.brokenLinks.push({ entry, follower });
  }

  /** True if the record matches its hash at another position, or matches the hash of another suspect at its position. */
  #isMoved(record: AuditRecord): boolean {
    const others = [...this.#suspects.values()].filter(({ id }) => id !== record.id);
    const gaps = this.#breaks.flatMap(({ auditId, position, through }) => (auditId ? [] : [position, through]));
    const positions = [...others.map(({ position }) => position), ...gaps.filter((position) => position !== null)];
    return (
      positions.some((position) => hashOf(record, record.prevHash, position).equals(record.hash)) ||
      others.some(({ prevHash, position, hash }) => hashOf(record, prevHash, position).equals(hash))
    );
  }
}

function breakAt(
  kind: AuditBreakKind,
  position: number,
  through: number | null,
  auditId: string | null = null,
): AuditBreak {
  return { kind, position, through, auditId };
}

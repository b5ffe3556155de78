import { Alike, type Sought } from './alike';
import { spellingsOf } from './spellings';
import { digestOf, TextDigests } from './text-digests';

export const REDACTED = '[redacted]';

/** Shorter values are ordinary words too often. */
const MIN_LENGTH = 8;
const BASE = 0x01000193;
const BUCKETS = 1 << 18;
/** What has expired is looked for that much longer, for clocks differ, and forgotten whenever so many more have been learnt. */
const AFTER_EXPIRY_MS = 60 * 60_000;
const EXPIRE_EVERY = 1_000;
/** A tenant's secret that is used is resolved anew at least at each check, and a day is the longest interval of those. */
const UNUSED_MS = 24 * 60 * 60_000;

/** Among the owners of a value: this service itself. */
const OURS = null;

interface Known {
  readonly spellings: readonly Sought[];
  /** The tenants whose secret it is. */
  readonly owners: Set<string | null>;
  /** Milliseconds since the epoch. */
  until: number;
}

interface Search {
  readonly text: string;
  readonly tenantId: string | null;
  /** Of the text; made once they are needed, which is seldom. */
  digests: TextDigests | null;
  readonly found: Array<[from: number, to: number]>;
}

/**
 * Cuts known values out of texts, in whatever spelling: plain, escaped in JSON or HTML, URL-encoded, hexadecimal, base64.
 * What a tenant is shown is scrubbed of its own values and ours alone: cut out for all, a value would answer each tenant that
 * guesses it, and a word that one tenant stores as its secret would be missing from what the others read.
 * The time it takes grows with the text and not with the number of values: it looks at each window of MIN_LENGTH
 * characters once, by a rolling hash (Rabin–Karp).
 */
export class Scrubber {
  readonly #known = new Map<string, Known>();
  /** By their heads. Maps for each that is alone with its head would be most of all memory. */
  readonly #byHead = new Map<number, Sought | Alike>();
  /** How many spellings begin in that bucket of hashes: most windows of a text are settled by one zero here. */
  #buckets = new Uint32Array(0);
  #spellings = 0;
  #learnt = 0;

  /**
   * Keeps the `maxValues` added last, or fewer if there are more than `maxSpellings` of them, a key in PEM having one for each
   * of its lines; a value in use is added again whenever it is resolved again.
   */
  constructor(
    private readonly maxValues = 100_000,
    private readonly maxSpellings = 2_000_000,
  ) {}

  /**
   * From now on `value` is cut out: one of ours for good, one of `tenantId` until it was not added for a day, and either no
   * longer than until it has expired, if it does. Values of fewer than 8 characters are ignored.
   */
  add(value: string, tenantId: string | typeof OURS = OURS, expiresAt?: Date): void {
    if (value.length < MIN_LENGTH || REDACTED.includes(value)) return;
    const known = this.#known.get(value) ?? this.#learn(value);
    known.owners.add(tenantId);
    known.until = Math.max(known.until, expiresAt?.getTime() ?? lastingUntil(tenantId));
    this.#known.delete(value);
    this.#known.set(value, known);
    if (!this.#isFull()) return;
    for (const [oldest, { spellings }] of this.#known) {
      if (!this.#isFull() || this.#known.size === 1) break;
      this.#forget(oldest, spellings);
    }
  }

  /** `text` with each known value replaced by `[redacted]`: those of everybody, or of `tenantId` and ours for what it is shown. */
  scrub(text: string, tenantId: string | null = null): string {
    const found = this.#find(text, tenantId);
    if (found.length === 0) return text;
    let result = '';
    let end = 0;
    for (const [from, to] of found) {
      result += text.slice(end, from) + REDACTED;
      end = to;
    }
    return result + text.slice(end);
  }

  #isFull(): boolean {
    return this.#known.size > this.maxValues || this.#spellings > this.maxSpellings;
  }

  #learn(value: string): Known {
    if (this.#buckets.length === 0) this.#buckets = new Uint32Array(BUCKETS);
    if (++this.#learnt % EXPIRE_EVERY === 0) this.#forgetExpired();
    const owners: Known['owners'] = new Set();
    const unique = new Map(spellingsOf(value).map((spelling) => [spelling.text, spelling]));
    const spellings = [...unique.values()]
      .filter(({ text }) => text.length >= MIN_LENGTH)
      .map(({ text, before, after }): Sought => {
        return { head: hashOf(text), length: text.length, digest: digestOf(text), before, after, owners };
      });
    for (const spelling of spellings) {
      this.#index(spelling);
      this.#count(spelling.head, 1);
    }
    this.#spellings += spellings.length;
    return { spellings, owners, until: -Infinity };
  }

  #forgetExpired(): void {
    const expired = Date.now() - AFTER_EXPIRY_MS;
    for (const [value, { spellings, until }] of this.#known) if (until < expired) this.#forget(value, spellings);
  }

  #forget(value: string, spellings: readonly Sought[]): void {
    this.#known.delete(value);
    for (const spelling of spellings) {
      const there = this.#byHead.get(spelling.head);
      if (there instanceof Alike) there.delete(spelling);
      if (!(there instanceof Alike) || there.isEmpty) this.#byHead.delete(spelling.head);
      this.#count(spelling.head, -1);
    }
    this.#spellings -= spellings.length;
  }

  #index(spelling: Sought): void {
    const there = this.#byHead.get(spelling.head);
    if (!there) return void this.#byHead.set(spelling.head, spelling);
    if (there instanceof Alike) return there.add(spelling);
    const alike = new Alike();
    for (const one of [there, spelling]) alike.add(one);
    this.#byHead.set(spelling.head, alike);
  }

  #count(hash: number, change: number): void {
    const bucket = bucketOf(hash);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + change;
  }

  /** Where known values stand, in order; those that touch or overlap are one. */
  #find(text: string, tenantId: string | null): Array<[from: number, to: number]> {
    const search: Search = { text, tenantId, digests: null, found: [] };
    if (this.#known.size === 0 || text.length < MIN_LENGTH) return search.found;
    let hash = hashOf(text);
    for (let at = 0; ; at += 1) {
      if (this.#buckets[bucketOf(hash)]) this.#findAt(search, at, hash);
      const next = at + MIN_LENGTH;
      if (next >= text.length) return search.found;
      hash = (Math.imul(hash - Math.imul(text.charCodeAt(at), TOP), BASE) + text.charCodeAt(next)) | 0;
    }
  }

  #findAt(search: Search, at: number, hash: number): void {
    const known = this.#byHead.get(hash);
    if (!known) return;
    const digests = (search.digests ??= new TextDigests(search.text));
    if (known instanceof Alike) for (const spelling of known.standingAt(digests, at)) cut(search, at, spelling);
    else if (standsAt(known, digests, at)) cut(search, at, known);
  }
}

function lastingUntil(tenantId: string | typeof OURS): number {
  return tenantId === OURS ? Infinity : Date.now() + UNUSED_MS;
}

function cut({ text, tenantId, found }: Search, at: number, spelling: Sought): void {
  const { owners } = spelling;
  if (tenantId === null || owners.has(tenantId) || owners.has(OURS)) append(found, extent(text, at, spelling));
}

function standsAt({ length, digest }: Sought, digests: TextDigests, at: number): boolean {
  return at + length <= digests.length && digests.of(at, at + length) === digest;
}

/** The weight of the character that leaves the window. */
const TOP = Array.from({ length: MIN_LENGTH - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** Of its first window. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < MIN_LENGTH; i += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}

function bucketOf(hash: number): number {
  return ((hash >>> 14) ^ hash) & (BUCKETS - 1);
}

function extent(text: string, at: number, spelling: Sought): [number, number] {
  let from = at;
  let to = at + spelling.length;
  if (spelling.before && isBase64(text[from - 1])) from -= 1;
  if (spelling.after && isBase64(text[to])) to += 1;
  return [from, to];
}

function isBase64(char: string | undefined): boolean {
  return char !== undefined && /[A-Za-z0-9+/_-]/.test(char);
}

function append(found: Array<[number, number]>, [from, to]: [number, number]): void {
  let start = from;
  let end = to;
  for (let last = found.at(-1); last && last[1] >= start; last = found.at(-1)) {
    start = Math.min(start, last[0]);
    end = Math.max(end, last[1]);
    found.pop();
  }
  found.push([start, end]);
}

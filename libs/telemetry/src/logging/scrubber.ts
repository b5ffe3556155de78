import { type KnownSpelling, SpellingGroup } from './spelling-group';
import { spellingsOf } from './spellings';
import { digestOf, TextDigests } from './text-digests';

export const REDACTED = '[redacted]';

/** Shorter values are too often ordinary words. */
const MIN_LENGTH = 8;
const BASE = 0x01000193;
const BUCKETS = 1 << 18;
/** Expired values are still scrubbed for this long, because clocks differ. They are dropped after EXPIRE_EVERY new values. */
const AFTER_EXPIRY_MS = 60 * 60_000;
const EXPIRE_EVERY = 1_000;
/** A tenant's secret in use is resolved again at least at each check, and the longest interval of checks is a day. */
const UNUSED_MS = 24 * 60 * 60_000;

/** The owner that stands for this service itself. */
const OURS = null;

interface Known {
  readonly spellings: readonly KnownSpelling[];
  /** The tenants that have the value as a secret. */
  readonly owners: Set<string | null>;
  /** Milliseconds since the epoch. */
  until: number;
}

interface Search {
  readonly text: string;
  readonly tenantId: string | null;
  /** The digests of the text, computed only if needed, which is seldom. */
  digests: TextDigests | null;
  readonly found: Array<[from: number, to: number]>;
}

/**
 * Removes known values from texts, in any spelling: plain, escaped in JSON or HTML, URL-encoded, hexadecimal, base64.
 * A text shown to a tenant is scrubbed only of that tenant's values and ours. Otherwise a tenant could test guesses of other
 * tenants' values, and a common word that one tenant stores as its secret would disappear from what others read.
 * The time grows with the text and not with the number of values: a rolling hash (Rabin–Karp) looks at each window of
 * MIN_LENGTH characters once.
 */
export class Scrubber {
  readonly #known = new Map<string, Known>();
  /** Spellings by head. A spelling that is alone with its head has no group: its Maps would take most of the memory. */
  readonly #byHead = new Map<number, KnownSpelling | SpellingGroup>();
  /** How many spellings begin in each bucket of hashes. A zero here settles most windows of a text. */
  #buckets = new Uint32Array(0);
  #spellings = 0;
  #added = 0;

  /**
   * Keeps the `maxValues` values added last, or fewer if they have more than `maxSpellings` spellings: a PEM key has one for
   * each of its lines. A value in use is added again whenever it is resolved again.
   */
  constructor(
    private readonly maxValues = 100_000,
    private readonly maxSpellings = 2_000_000,
  ) {}

  /**
   * Scrubs `value` from now on: a value of ours for good, a value of `tenantId` until a day after it was last added. A value
   * with an expiry is scrubbed until it has expired instead. Values of fewer than 8 characters are ignored.
   */
  add(value: string, tenantId: string | typeof OURS = OURS, expiresAt?: Date): void {
    if (value.length < MIN_LENGTH || REDACTED.includes(value)) return;
    const known = this.#known.get(value) ?? this.#register(value);
    known.owners.add(tenantId);
    known.until = Math.max(known.until, expiresAt?.getTime() ?? defaultExpiry(tenantId));
    this.#known.delete(value);
    this.#known.set(value, known);
    if (!this.#isFull()) return;
    for (const [oldest, { spellings }] of this.#known) {
      if (!this.#isFull() || this.#known.size === 1) break;
      this.#forget(oldest, spellings);
    }
  }

  /** `text` with known values replaced by `[redacted]`: those of `tenantId` and ours, or all values if `tenantId` is null. */
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

  #register(value: string): Known {
    if (this.#buckets.length === 0) this.#buckets = new Uint32Array(BUCKETS);
    if (++this.#added % EXPIRE_EVERY === 0) this.#forgetExpired();
    const owners: Known['owners'] = new Set();
    const unique = new Map(spellingsOf(value).map((spelling) => [spelling.text, spelling]));
    const spellings = [...unique.values()]
      .filter(({ text }) => text.length >= MIN_LENGTH)
      .map(({ text, before, after }): KnownSpelling => {
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

  #forget(value: string, spellings: readonly KnownSpelling[]): void {
    this.#known.delete(value);
    for (const spelling of spellings) {
      const existing = this.#byHead.get(spelling.head);
      if (existing instanceof SpellingGroup) existing.delete(spelling);
      if (!(existing instanceof SpellingGroup) || existing.isEmpty) this.#byHead.delete(spelling.head);
      this.#count(spelling.head, -1);
    }
    this.#spellings -= spellings.length;
  }

  #index(spelling: KnownSpelling): void {
    const existing = this.#byHead.get(spelling.head);
    if (!existing) return void this.#byHead.set(spelling.head, spelling);
    if (existing instanceof SpellingGroup) return existing.add(spelling);
    const group = new SpellingGroup();
    for (const member of [existing, spelling]) group.add(member);
    this.#byHead.set(spelling.head, group);
  }

  #count(hash: number, change: number): void {
    const bucket = bucketOf(hash);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + change;
  }

  /** The positions of known values, in order. Values that touch or overlap become one. */
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
    if (known instanceof SpellingGroup)
      for (const spelling of known.matchesAt(digests, at)) addMatch(search, at, spelling);
    else if (isAt(known, digests, at)) addMatch(search, at, known);
  }
}

function defaultExpiry(tenantId: string | typeof OURS): number {
  return tenantId === OURS ? Infinity : Date.now() + UNUSED_MS;
}

function addMatch({ text, tenantId, found }: Search, at: number, spelling: KnownSpelling): void {
  const { owners } = spelling;
  if (tenantId === null || owners.has(tenantId) || owners.has(OURS)) append(found, extent(text, at, spelling));
}

function isAt({ length, digest }: KnownSpelling, digests: TextDigests, at: number): boolean {
  return at + length <= digests.length && digests.of(at, at + length) === digest;
}

/** The weight of the character that leaves the window. */
const TOP = Array.from({ length: MIN_LENGTH - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** The hash of the text's first window. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < MIN_LENGTH; i += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}

function bucketOf(hash: number): number {
  return ((hash >>> 14) ^ hash) & (BUCKETS - 1);
}

function extent(text: string, at: number, spelling: KnownSpelling): [number, number] {
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

import { type Spelling, spellingsOf } from './spellings';

export const REDACTED = '[redacted]';

/** Shorter values are ordinary words too often. */
const MIN_LENGTH = 8;
const BASE = 0x01000193;
const BUCKETS = 1 << 18;

/** Among the owners of a value: this service itself. */
const OURS = null;

interface Known {
  readonly spellings: readonly Sought[];
  /** The tenants whose secret it is. */
  readonly owners: Set<string | null>;
}

/** Of a text, where it begins, and its hash. */
interface Window {
  readonly text: string;
  readonly at: number;
  readonly hash: number;
}

/** A spelling of a known value. */
interface Sought extends Spelling {
  readonly owners: Known['owners'];
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
  /** By the hash of the window that they begin with. A set for each that is alone with its hash would be half of all memory. */
  readonly #byHead = new Map<number, Sought | Set<Sought>>();
  /** How many spellings begin in that bucket of hashes: most windows of a text are settled by one zero here. */
  #buckets = new Uint16Array(0);
  /** Of all spellings together. */
  #characters = 0;

  /**
   * Keeps the `maxValues` added last, or fewer if all their spellings have more than `maxCharacters`; a value in use is added
   * again whenever it is resolved again.
   */
  constructor(
    private readonly maxValues = 100_000,
    private readonly maxCharacters = 250_000_000,
  ) {}

  /** From now on `value` is cut out, as one of `tenantId` or, without it, of ours. Values of fewer than 8 characters are ignored. */
  add(value: string, tenantId: string | typeof OURS = OURS): void {
    if (value.length < MIN_LENGTH || REDACTED.includes(value)) return;
    const known = this.#known.get(value) ?? this.#learn(value);
    known.owners.add(tenantId);
    this.#known.delete(value);
    this.#known.set(value, known);
    while (this.#isFull() && this.#known.size > 1) this.#forgetOldest();
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
    return this.#known.size > this.maxValues || this.#characters > this.maxCharacters;
  }

  #learn(value: string): Known {
    if (this.#buckets.length === 0) this.#buckets = new Uint16Array(BUCKETS);
    const unique = new Map(spellingsOf(value).map((spelling) => [spelling.text, spelling]));
    const owners: Known['owners'] = new Set();
    const spellings = [...unique.values()]
      .filter(({ text }) => text.length >= MIN_LENGTH)
      .map(({ text, before, after }) => ({ text, before, after, owners }));
    for (const spelling of spellings) {
      const hash = hashOf(spelling.text);
      const sharing = this.#byHead.get(hash);
      if (!sharing) this.#byHead.set(hash, spelling);
      else if (sharing instanceof Set) sharing.add(spelling);
      else this.#byHead.set(hash, new Set([sharing, spelling]));
      this.#count(hash, 1);
      this.#characters += spelling.text.length;
    }
    return { spellings, owners };
  }

  #forgetOldest(): void {
    const [oldest] = this.#known;
    if (!oldest) return;
    const [value, { spellings }] = oldest;
    this.#known.delete(value);
    for (const spelling of spellings) {
      const hash = hashOf(spelling.text);
      const sharing = this.#byHead.get(hash);
      if (sharing instanceof Set && sharing.size > 1) sharing.delete(spelling);
      else this.#byHead.delete(hash);
      this.#count(hash, -1);
      this.#characters -= spelling.text.length;
    }
  }

  #count(hash: number, change: number): void {
    const bucket = bucketOf(hash);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + change;
  }

  /** Where known values stand, in order; those that touch or overlap are one. */
  #find(text: string, tenantId: string | null): Array<[from: number, to: number]> {
    const found: Array<[number, number]> = [];
    if (this.#known.size === 0 || text.length < MIN_LENGTH) return found;
    let hash = hashOf(text);
    for (let at = 0; ; at += 1) {
      if (this.#buckets[bucketOf(hash)]) this.#matchesAt({ text, at, hash }, tenantId, found);
      const next = at + MIN_LENGTH;
      if (next >= text.length) return found;
      hash = (Math.imul(hash - Math.imul(text.charCodeAt(at), TOP), BASE) + text.charCodeAt(next)) | 0;
    }
  }

  #matchesAt({ text, at, hash }: Window, tenantId: string | null, found: Array<[number, number]>): void {
    const sharing = this.#byHead.get(hash);
    if (!sharing) return;
    for (const spelling of sharing instanceof Set ? sharing : [sharing]) {
      const concerns = tenantId === null || spelling.owners.has(tenantId) || spelling.owners.has(OURS);
      if (concerns && text.startsWith(spelling.text, at)) append(found, extent(text, at, spelling));
    }
  }
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

function extent(text: string, at: number, spelling: Spelling): [number, number] {
  let from = at;
  let to = at + spelling.text.length;
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

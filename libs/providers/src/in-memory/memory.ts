/** A posted annotation. `marker` plays the role of a real vendor's hidden marker or external id. */
export interface Entry<C> {
  readonly id: string;
  readonly scope: string;
  readonly marker: string;
  readonly content: C;
}

export interface MemoryLimits {
  readonly entries: number;
  /** Total characters of all contents as JSON. */
  readonly characters: number;
}

const LIMITS: MemoryLimits = { entries: 10_000, characters: 50_000_000 };

/**
 * The simulated vendor's storage, by scope (a pull request or commit of one integration) and marker. Its size is
 * limited: the entries written longest ago are dropped first.
 */
export class Memory {
  readonly #entries = new Map<string, Entry<unknown> & { readonly characters: number }>();
  readonly #byMarker = new Map<string, string>();
  readonly #limits: MemoryLimits;
  #characters = 0;
  #lastId = 0;

  constructor(limits: MemoryLimits = LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** All entries, those written longest ago first. */
  everything(): Entry<unknown>[] {
    return [...this.#entries.values()];
  }

  findById<C>(scope: string, id: string): Entry<C> | undefined {
    const entry = this.#entries.get(id);
    return entry?.scope === scope ? (entry as Entry<C>) : undefined;
  }

  findByMarker<C>(scope: string, marker: string): Entry<C> | undefined {
    const id = this.#byMarker.get(indexKey(scope, marker));
    return id === undefined ? undefined : this.findById<C>(scope, id);
  }

  /** Scans all entries. */
  list<C>(scope: string): Entry<C>[] {
    return this.everything().filter((entry) => entry.scope === scope) as Entry<C>[];
  }

  create<C>(scope: string, marker: string, content: C): Entry<C> {
    this.#lastId += 1;
    return this.#keep({ id: String(this.#lastId), scope, marker, content });
  }

  update<C>(entry: Entry<C>, content: C): Entry<C> {
    this.#drop(entry.id);
    return this.#keep({ ...entry, content });
  }

  delete(entry: Entry<unknown>): void {
    this.#drop(entry.id);
  }

  #keep<C>({ id, scope, marker, content }: Entry<C>): Entry<C> {
    const entry = { id, scope, marker, content, characters: JSON.stringify(content).length };
    this.#entries.set(id, entry);
    this.#byMarker.set(indexKey(scope, marker), id);
    this.#characters += entry.characters;
    this.#forgetOldest();
    return entry;
  }

  #forgetOldest(): void {
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.entries && this.#characters <= this.#limits.characters) return;
      this.#drop(id);
    }
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    const marker = indexKey(entry.scope, entry.marker);
    if (this.#byMarker.get(marker) === id) this.#byMarker.delete(marker);
    this.#characters -= entry.characters;
  }
}

function indexKey(scope: string, marker: string): string {
  return JSON.stringify([scope, marker]);
}

/** Remembers the hashes of the most recently accepted tokens. */
export class AcceptedTokens {
  readonly #hashes = new Set<string>();

  constructor(private readonly capacity: number) {}

  has(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  add(hash: string): void {
    this.#hashes.delete(hash);
    this.#hashes.add(hash);
    for (const oldest of this.#hashes) {
      if (this.#hashes.size <= this.capacity) return;
      this.#hashes.delete(oldest);
    }
  }

  remove(hash: string): void {
    this.#hashes.delete(hash);
  }
}

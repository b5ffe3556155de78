/** So many places. Who waits for some is told once half of them are free, when what is claimed next is worth a claim. */
export class Room {
  #taken = 0;
  #isAwaited = false;

  constructor(
    private readonly limit: number,
    private readonly onEased: () => void,
  ) {}

  get taken(): number {
    return this.#taken;
  }

  get free(): number {
    return this.limit - this.#taken;
  }

  enter(): void {
    this.#taken += 1;
  }

  leave(places = 1): void {
    this.#taken -= places;
    if (this.#isAwaited) this.await();
  }

  /** Somebody would take more places than there are: told at once, if half are free. */
  await(): void {
    this.#isAwaited = this.#taken > Math.floor(this.limit / 2);
    if (!this.#isAwaited) this.onEased();
  }
}

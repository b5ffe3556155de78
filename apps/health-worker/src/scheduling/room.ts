/**
 * A limited number of places. If more are awaited, `onHalfFree` is called once half are free: fewer are not worth a claim.
 */
export class Room {
  #taken = 0;
  #isAwaited = false;

  constructor(
    private readonly limit: number,
    private readonly onHalfFree: () => void,
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

  /** More places are wanted than there are: `onHalfFree` is called once half are free, or at once if they are. */
  await(): void {
    this.#isAwaited = this.#taken > Math.floor(this.limit / 2);
    if (!this.#isAwaited) this.onHalfFree();
  }
}

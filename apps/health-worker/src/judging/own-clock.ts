/** Beyond that, vendors refuse signed tokens, and certificates look expired or not valid yet. */
const MOST_MS = 60_000;

/** Whether this process's clock can be believed, by that of PostgreSQL. While it cannot, failures are no one else's. */
export class OwnClock {
  #isOff = false;

  constructor(private readonly onTurn: (isOff: boolean, aheadMs: number) => void) {}

  isOff(databaseNow: Date): boolean {
    const aheadMs = Date.now() - databaseNow.getTime();
    const isOff = Math.abs(aheadMs) > MOST_MS;
    if (isOff !== this.#isOff) this.onTurn(isOff, aheadMs);
    return (this.#isOff = isOff);
  }
}

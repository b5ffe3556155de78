/** With a larger offset, vendors refuse signed tokens, and certificates look expired or not yet valid. */
const MOST_MS = 60_000;

/** Compares this process's clock with PostgreSQL's. While it is off, failures are attributed to this worker. */
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

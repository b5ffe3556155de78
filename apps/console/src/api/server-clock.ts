/**
 * The server's time, as its answers tell it: a browser's clock may be wrong by minutes. It is believed as long as no answer
 * tells otherwise.
 */
export class ServerClock {
  #aheadMs = 0;

  /** ms since 1970. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** `date`: the header of that name, of whole seconds, written at some moment since `askedAt` of the browser's clock. */
  hear(date: string | null, askedAt: number): void {
    const said = Date.parse(date ?? '');
    if (Number.isNaN(said)) return;
    const least = said - Date.now();
    const most = said + 1_000 - askedAt;
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, least), most);
  }
}

export const serverClock = new ServerClock();

/**
 * The server's time, taken from its responses, because a browser's clock may be wrong by minutes. An estimate is kept
 * until a response contradicts it.
 */
export class ServerClock {
  #aheadMs = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** `date` is the Date header, in whole seconds, which the server wrote after `askedAt` by the browser's clock. */
  hear(date: string | null, askedAt: number): void {
    const said = Date.parse(date ?? '');
    if (Number.isNaN(said)) return;
    const least = said - Date.now();
    const most = said + 1_000 - askedAt;
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, least), most);
  }
}

export const serverClock = new ServerClock();

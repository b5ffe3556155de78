/** The last result of each host within a span of time. The cost per result does not depend on the number of hosts. */
export class RecentHosts {
  /** The latest last. */
  readonly #hosts = new Map<string, { readonly at: number; readonly bad: boolean }>();
  #bad = 0;

  constructor(private readonly spanMs: number) {}

  see(host: string, bad: boolean, at: number): void {
    const known = this.#hosts.get(host);
    if (known?.at === at && known.bad === bad) return; // most results of a batch may be of one host
    this.forget(host);
    this.#hosts.set(host, { at, bad });
    if (bad) this.#bad += 1;
  }

  forget(host: string): void {
    if (this.#hosts.get(host)?.bad) this.#bad -= 1;
    this.#hosts.delete(host);
  }

  count(now: number): { readonly hosts: number; readonly bad: number } {
    for (const [host, { at }] of this.#hosts) {
      if (now - at < this.spanMs) break;
      this.forget(host);
    }
    return { hosts: this.#hosts.size, bad: this.#bad };
  }
}

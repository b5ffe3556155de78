import type { ProbeLease } from '@integrations/database';

export interface BulkheadLimits {
  /** Probes at once of one provider: what hangs of one leaves the room of the others. */
  readonly ofProvider: number;
  /** Probes at once of one host, whose owner may not like more. */
  readonly ofHost: number;
  /** Results that wait to be written: how far probing may be ahead of a slow database. */
  readonly ofResults: number;
}

type Place = Pick<ProbeLease, 'provider' | 'host'>;

/** How many probes run of each provider and of each host, how many results wait, and how many more probes may run. */
export class Bulkheads {
  readonly #providers: Map<string, number>;
  readonly #hosts = new Map<string, number>();
  #unwritten = 0;
  #eased: (() => void) | null = null;

  constructor(
    providers: readonly string[],
    private readonly limits: BulkheadLimits,
  ) {
    this.#providers = new Map(providers.map((provider) => [provider, 0]));
  }

  /** Providers with room, and how much. */
  wanted(): { provider: string; limit: number }[] {
    if (this.#unwritten >= this.limits.ofResults) return [];
    return [...this.#providers]
      .map(([provider, running]) => ({ provider, limit: this.limits.ofProvider - running }))
      .filter(({ limit }) => limit > 0);
  }

  /** Hosts at work. */
  running(): { host: string; probes: number }[] {
    return [...this.#hosts].map(([host, probes]) => ({ host, probes }));
  }

  /** Some provider or host has no room, or too many results wait. */
  get full(): boolean {
    const { ofProvider, ofHost, ofResults } = this.limits;
    if (this.#unwritten >= ofResults) return true;
    const isFull = (counts: Map<string, number>, limit: number) =>
      [...counts.values()].some((running) => running >= limit);
    return isFull(this.#providers, ofProvider) || isFull(this.#hosts, ofHost);
  }

  enter({ provider, host }: Place): void {
    this.#providers.set(provider, this.inFlight(provider) + 1);
    this.#hosts.set(host, (this.#hosts.get(host) ?? 0) + 1);
  }

  leave({ provider, host }: Place): void {
    const ofProvider = this.inFlight(provider) - 1;
    const ofHost = (this.#hosts.get(host) ?? 0) - 1;
    this.#providers.set(provider, ofProvider);
    if (ofHost > 0) this.#hosts.set(host, ofHost);
    else this.#hosts.delete(host);
    const { limits } = this;
    if (ofProvider === half(limits.ofProvider) || ofHost === half(limits.ofHost)) this.#eased?.();
  }

  /** A result waits to be written from now on. */
  found(): void {
    this.#unwritten += 1;
  }

  /** It waits no longer. */
  settled(): void {
    this.#unwritten -= 1;
    if (this.#unwritten === half(this.limits.ofResults)) this.#eased?.();
  }

  inFlight(provider: string): number {
    return this.#providers.get(provider) ?? 0;
  }

  /** Resolves when a provider, a host or what waits is down to half of its room. */
  eased(): Promise<void> {
    return new Promise((resolve) => (this.#eased = resolve));
  }
}

/** At the half, what is claimed next is worth a claim. */
function half(limit: number): number {
  return Math.floor(limit / 2);
}

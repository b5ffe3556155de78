import type { ProbeVerdict, SystemEvent } from '@integrations/contracts';
import { RecentHosts } from './recent-hosts';
import { isFailure, type Judgement } from './step';

const MIN_HOSTS = 20;
const FREEZES_ABOVE = 0.3;
const RECOVERS_AT = 0.15;
/**
 * The default probe interval; then the longest interval of a healthy integration, for when a minute has too few hosts.
 */
const WINDOWS_MS = [60_000, 300_000];
const FROZEN_AT_LEAST_MS = 60_000;

/**
 * Recognises trouble of the prober itself by how many hosts it affects. If more than 30 % of at least 20 hosts turn bad
 * within one interval, the cause is this worker's network rather than all those hosts. Failures are then not judged
 * until at most half that share is bad. Each worker guards itself, because the question is whether *its own* view is
 * broken: the good results of another worker would hide that, and its own bad results would stop the other.
 */
export class MassFailureGuard {
  readonly #windows = WINDOWS_MS.map((ms) => new RecentHosts(ms));
  #since: Date | null = null;
  #publishedSince: Date | null = null;

  constructor(private readonly worker: string) {}

  /** While true, failures are not judged. */
  get frozen(): boolean {
    return this.#since !== null;
  }

  /** Takes one result. A host that was already bad, or was never good, says nothing about the prober. */
  observe(host: string, before: Pick<Judgement, 'settled'> | null, verdict: ProbeVerdict, now: Date): void {
    if (verdict.code === 'prober_error') return;
    const bad = isFailure(verdict);
    const wasGood = before !== null && before.settled !== 'unhealthy' && before.settled !== 'unknown';
    for (const window of this.#windows) {
      if (!bad || wasGood) window.see(host, bad, now.getTime());
      else window.forget(host);
    }
  }

  /** Decides again, after a batch of results. */
  decide(now: Date): void {
    const { bad, hosts } = this.#view(now.getTime());
    if (!this.#since) {
      if (bad > FREEZES_ABOVE * hosts) this.#since = now;
    } else if (now.getTime() - this.#since.getTime() >= FROZEN_AT_LEAST_MS && bad <= RECOVERS_AT * hosts) {
      this.#since = null;
    }
  }

  /** The event that has not been published yet; null if there is none. */
  unpublished(now: Date): SystemEvent | null {
    const { worker } = this;
    if (this.#since && !this.#publishedSince) {
      const { bad: turnedBad, hosts } = this.#view(now.getTime());
      return { event: 'prober_degraded', data: { worker, hosts, turnedBad, since: this.#since.toISOString() } };
    }
    if (!this.#since && this.#publishedSince) {
      const times = { since: this.#publishedSince.toISOString(), until: now.toISOString() };
      return { event: 'prober_recovered', data: { worker, ...times } };
    }
    return null;
  }

  /** The event is now certain to be published. */
  published({ event, data }: SystemEvent): void {
    this.#publishedSince = event === 'prober_degraded' ? new Date(data.since) : null;
  }

  /** The hosts of the shortest window that has enough of them; none if there is no such window. */
  #view(now: number): { hosts: number; bad: number } {
    const counts = this.#windows.map((window) => window.count(now));
    return counts.find(({ hosts }) => hosts >= MIN_HOSTS) ?? { hosts: 0, bad: 0 };
  }
}

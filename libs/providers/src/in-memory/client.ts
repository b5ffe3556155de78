import { setTimeout as sleep } from 'node:timers/promises';
import {
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  type ProviderErrorOptions,
  type PullRequestFacts,
} from '@integrations/provider-kit';
import type { InMemoryConfig, InMemoryPullRequest, SimulatedFailure } from './config';
import type { Entry, Memory } from './memory';

/** What an entry belongs to: the comments of a pull request, or the statuses or check runs of a commit. */
export type Place = { readonly owner: string; readonly repository: string } & (
  | { readonly kind: 'comment' | 'inline-comment'; readonly pullRequestNumber: number }
  | { readonly kind: 'status' | 'check-run'; readonly commitSha: string }
);

/** The wait that a simulated rate limit asks for. */
const RETRY_AFTER_MS = 1_000;

/**
 * The only way to the vendor. It handles the credential, the delay and the failures, so that the capabilities need not.
 * This vendor is a memory; with a real one, `#call` sends a request through `deps.egress` and maps its errors.
 */
export class InMemoryClient {
  readonly #integration: IntegrationConfig<InMemoryConfig>;
  readonly #deps: ProviderDeps;
  readonly #memory: Memory;

  constructor(integration: IntegrationConfig<InMemoryConfig>, deps: ProviderDeps, memory: Memory) {
    this.#integration = integration;
    this.#deps = deps;
    this.#memory = memory;
  }

  /** Proves that the vendor answers, and reports our identity there. */
  identify(signal: AbortSignal): Promise<{ readonly id: string; readonly kind: string }> {
    const kind = this.#deps.credential.present ? 'credential' : 'anonymous';
    // Must not depend on the single integration: integrations with the same settings share one probe.
    return this.#call(signal, () => ({ id: kind, kind }));
  }

  findById<C>(place: Place, id: string, signal: AbortSignal): Promise<Entry<C> | undefined> {
    return this.#call(signal, () => this.#memory.findById<C>(this.#scope(place), id));
  }

  findByMarker<C>(place: Place, marker: string, signal: AbortSignal): Promise<Entry<C> | undefined> {
    return this.#call(signal, () => this.#memory.findByMarker<C>(this.#scope(place), marker));
  }

  list<C>(place: Place, signal: AbortSignal): Promise<Entry<C>[]> {
    return this.#call(signal, () => this.#memory.list<C>(this.#scope(place)));
  }

  create<C>(place: Place, marker: string, content: C, signal: AbortSignal): Promise<Entry<C>> {
    return this.#call(signal, () => this.#memory.create(this.#scope(place), marker, content));
  }

  update<C>(entry: Entry<C>, content: C, signal: AbortSignal): Promise<Entry<C>> {
    return this.#call(signal, () => this.#memory.update(entry, content));
  }

  delete(entry: Entry<unknown>, signal: AbortSignal): Promise<void> {
    return this.#call(signal, () => this.#memory.delete(entry));
  }

  /** The state of every pull request, from the config; null if the config does not describe one. */
  get pullRequest(): InMemoryPullRequest | null {
    return this.#integration.config.pullRequest ?? null;
  }

  readPullRequest(pullRequest: InMemoryPullRequest, signal: AbortSignal): Promise<PullRequestFacts> {
    return this.#call(signal, () => ({ ...pullRequest }));
  }

  async #call<T>(signal: AbortSignal, work: () => T): Promise<T> {
    const { latencyMs, failWith } = this.#integration.config;
    await this.#authenticate(signal);
    await pause(latencyMs, signal);
    if (failWith) throw new ProviderError(failWith, `in_memory: simulates ${failWith}`, hintsFor(failWith));
    return work();
  }

  async #authenticate(signal: AbortSignal): Promise<void> {
    if (this.#deps.credential.present) {
      await this.#deps.credential.resolve(signal);
      return;
    }
    if (!this.#integration.config.requireCredential) return;
    throw new ProviderError('unauthenticated', 'in_memory: config.requireCredential is on and there is no authRef');
  }

  #scope({ owner, repository, ...rest }: Place): string {
    const { tenantId, integrationId } = this.#integration;
    const thread = 'commitSha' in rest ? rest.commitSha : rest.pullRequestNumber;
    return JSON.stringify([tenantId, integrationId, owner, repository, rest.kind, thread]);
  }
}

/** Such as `memory://<owner>/<repository>/pull/1#comment-1`. */
export function urlOf(place: Place, entry: Entry<unknown>): string {
  return `${threadUrl(place)}#${place.kind}-${entry.id}`;
}

/** Such as `memory://<owner>/<repository>/pull/1`. */
export function threadUrl(place: Place): string {
  const repository = [...place.owner.split('/'), place.repository].map(encodeURIComponent).join('/');
  const thread = 'commitSha' in place ? `commit/${place.commitSha}` : `pull/${place.pullRequestNumber}`;
  return `memory://${repository}/${thread}`;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted();
    if (ms > 0) await sleep(ms, undefined, { signal });
  } catch (cause) {
    throw new ProviderError('timeout', 'in_memory: the call was aborted before it was answered', { cause });
  }
}

/** The details that the egress client or a vendor's headers would add to a code. */
function hintsFor(failure: SimulatedFailure): ProviderErrorOptions {
  if (failure === 'rate_limited') return { retryAfterMs: RETRY_AFTER_MS };
  if (failure === 'network') return { stage: 'tcp' };
  return failure === 'tls' ? { stage: 'tls' } : {};
}

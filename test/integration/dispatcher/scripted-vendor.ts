import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheckResult, ScmCommentRequest, ScmCommentResponse } from '@integrations/contracts';
import {
  type AnnotationContext,
  type CallGate,
  type CallLimit,
  ProviderError,
  type ScmAnnotationClient,
} from '@integrations/provider-kit';
import type { CredentialBudget, RegisteredIntegration } from '@integrations/providers';

export interface Call {
  readonly operationId: string;
  readonly place: string;
  readonly body: string;
  readonly signal: AbortSignal;
}

type Behaviour = (call: Call) => Promise<void> | void;

/** A vendor of comments that records its calls, and first does what a test scripts. */
export class ScriptedVendor {
  readonly calls: Call[] = [];
  /** One body for each thing that is upserted. */
  readonly stored = new Map<string, string>();
  /** The maximum number of concurrent calls to one pull request. */
  mostAtOnce = 0;
  /** The result of probes. */
  health: Pick<HealthCheckResult, 'status' | 'code'> = { status: 'healthy', code: 'ok' };
  /** The vendor's own name for the place of a post; null for the usual name. */
  place: string | null = null;
  /** Rate limits for posting under the credential of an owner; null for none. */
  limits: readonly CallLimit[] | null = null;
  /** When each post was requested and made, by `performance.now()`, and for which owner. */
  readonly posted: { readonly askedAt: number; readonly at: number; readonly owner: string }[] = [];
  readonly #next: Behaviour[] = [];
  readonly #atWork = new Map<string, number>();

  constructor(private readonly always: Behaviour = () => undefined) {}

  /** Scripts the next calls, one behaviour each. */
  next(...behaviours: readonly Behaviour[]): void {
    this.#next.push(...behaviours);
  }

  readonly annotations = (_: RegisteredIntegration, gate?: CallGate): ScmAnnotationClient => ({
    postComment: (request, context) => this.#post(request, context, gate),
  });

  readonly budget = (_: RegisteredIntegration, owner: string): CredentialBudget | null =>
    this.limits && { credential: owner, limits: { post: this.limits }, apart: [] };

  readonly learnSecrets = async (): Promise<void> => undefined;

  readonly check = async (): Promise<HealthCheckResult> => this.health as HealthCheckResult;

  async #post(request: ScmCommentRequest, context: AnnotationContext, gate?: CallGate): Promise<ScmCommentResponse> {
    const place = `${request.owner}/${request.repository}#${request.pullRequestNumber}`;
    const call = { operationId: context.operationId, place, body: request.body, signal: context.signal };
    this.calls.push(call);
    const atWork = (this.#atWork.get(place) ?? 0) + 1;
    this.#atWork.set(place, atWork);
    this.mostAtOnce = Math.max(this.mostAtOnce, atWork);
    try {
      const askedAt = performance.now();
      await gate?.spend('post');
      this.posted.push({ askedAt, at: performance.now(), owner: request.owner });
      await (this.#next.shift() ?? this.always)(call);
    } finally {
      this.#atWork.set(place, this.#atWork.get(place)! - 1);
    }
    const key = `${place} ${request.updateExisting ? context.upsertKey : context.operationId}`;
    const outcome = this.stored.has(key) ? 'updated' : 'created';
    this.stored.set(key, request.body);
    return {
      outcome,
      commentId: String(this.stored.size),
      url: `https://vendor.example/${this.place ?? place}`,
      truncated: [],
    };
  }
}

export const fails =
  (...args: ConstructorParameters<typeof ProviderError>) =>
  () => {
    throw new ProviderError(...args);
  };

/** Hangs until its signal aborts, as a plugin must. */
export const hangs: Behaviour = async ({ signal }) => {
  await sleep(60_000, undefined, { signal }).catch(() => undefined);
  throw new ProviderError('timeout', 'told to end');
};

export const takes =
  (ms: number): Behaviour =>
  () =>
    sleep(ms);

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

/** A vendor of comments that remembers what was asked of it, and does beforehand what a test says. */
export class ScriptedVendor {
  readonly calls: Call[] = [];
  /** One body for each thing that is kept up to date. */
  readonly stored = new Map<string, string>();
  /** How many calls to one pull request there were at once, at most. */
  mostAtOnce = 0;
  /** What a probe finds. */
  health: Pick<HealthCheckResult, 'status' | 'code'> = { status: 'healthy', code: 'ok' };
  /** How it calls where something stands, if not as everybody does. */
  place: string | null = null;
  /** How much everybody may post under the credential of an owner; null: whatever they like. */
  limits: readonly CallLimit[] | null = null;
  /** When something was asked for and posted, by `performance.now()`, and for whom. */
  readonly posted: { readonly askedAt: number; readonly at: number; readonly owner: string }[] = [];
  readonly #next: Behaviour[] = [];
  readonly #atWork = new Map<string, number>();

  constructor(private readonly always: Behaviour = () => undefined) {}

  /** What happens at the next calls, one each. */
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

/** Goes on until it is told to end, as a plugin must. */
export const hangs: Behaviour = async ({ signal }) => {
  await sleep(60_000, undefined, { signal }).catch(() => undefined);
  throw new ProviderError('timeout', 'told to end');
};

export const takes =
  (ms: number): Behaviour =>
  () =>
    sleep(ms);

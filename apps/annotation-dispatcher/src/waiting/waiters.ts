import type { OperationResult, ScmResponse } from '@integrations/contracts';
import type { OperationRepository } from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import type { DispatchLog } from '../report';

type Outcome = OperationResult<ScmResponse>;

interface Waiter {
  readonly since: number;
  /** Takes null when the time is up. */
  readonly answer: (outcome: Outcome | null) => void;
}

export interface WaitersOptions {
  readonly operations: Pick<OperationRepository, 'outcomes'>;
  readonly log: DispatchLog;
  /** Milliseconds between looks into the ledger for operations that other dispatchers ended. */
  readonly pollMs: number;
}

/** Callers that wait for operations to end, here or in another dispatcher. */
export class Waiters {
  readonly #waiting = new Map<string, Set<Waiter>>();
  #poll: NodeJS.Timeout | undefined;
  #looking = false;
  #latest = Infinity;

  readonly #failure: RecurringFailure;

  constructor(private readonly options: WaitersOptions) {
    this.#failure = new RecurringFailure(options.log, 'cannot look for outcomes; trying again');
  }

  /** The outcome of the operation, or null if it does not end within `timeoutMs` milliseconds. */
  async wait(operationId: string, timeoutMs: number): Promise<Outcome | null> {
    const { promise, resolve: answer } = Promise.withResolvers<Outcome | null>();
    const waiter = { since: performance.now(), answer };
    const patienceMs = Math.min(timeoutMs, this.#latest - waiter.since);
    const timer = setTimeout(answer, Math.max(0, patienceMs), null);
    this.#add(operationId, waiter);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#remove(operationId, waiter);
    }
  }

  /** The operation has ended in this process. */
  ended(operationId: string, outcome: Outcome): void {
    for (const waiter of this.#waiting.get(operationId) ?? []) waiter.answer(outcome);
  }

  /** Looks these operations up at once, because they may have ended, and answers their callers. */
  lookFor(operationIds: readonly string[]): void {
    const awaited = operationIds.filter((id) => this.#waiting.has(id));
    if (awaited.length > 0) void this.#lookUp(awaited);
  }

  /** From now on no caller waits longer than `withinMs` milliseconds. */
  hurry(withinMs: number): void {
    this.#latest = performance.now() + withinMs;
    const late = setTimeout(() => {
      for (const waiter of [...this.#waiting.values()].flatMap((waiters) => [...waiters])) waiter.answer(null);
    }, withinMs);
    late.unref();
  }

  #add(operationId: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(operationId);
    if (waiters) waiters.add(waiter);
    else this.#waiting.set(operationId, new Set([waiter]));
    this.#poll ??= setInterval(() => void this.#lookAround(), this.options.pollMs);
  }

  #remove(operationId: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(operationId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiting.delete(operationId);
    if (this.#waiting.size > 0) return;
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  /** Skips callers that have waited for less than a poll: this process itself answers most of them within that time. */
  async #lookAround(): Promise<void> {
    if (this.#looking) return;
    const before = performance.now() - this.options.pollMs;
    const patient = [...this.#waiting].filter(([, waiters]) => [...waiters].some(({ since }) => since <= before));
    if (patient.length === 0) return;
    this.#looking = true;
    await this.#lookUp(patient.map(([operationId]) => operationId));
    this.#looking = false;
  }

  async #lookUp(operationIds: readonly string[]): Promise<void> {
    try {
      const rows = await this.options.operations.outcomes(operationIds);
      for (const { id, outcome } of rows) if (outcome) this.ended(id, outcome);
    } catch (error) {
      this.#failure.failed(error);
    }
  }
}

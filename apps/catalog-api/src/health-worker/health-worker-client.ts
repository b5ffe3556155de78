import { Bus } from '@integrations/bus';
import { isErrorCode, type OperationResult } from '@integrations/contracts';
import { IntegrationRepository } from '@integrations/database';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller';
import { CatalogConfig } from '../config';
import { notFound, Refusal, unavailable } from '../refusal';

/** After its own limit, the worker still sends its answer. */
const GRACE_MS = 5_000;

/** Sends requests over NATS to the health-workers, the apps that may call vendors. */
@Injectable()
export class HealthWorkerClient {
  readonly #timeoutMs: number;

  constructor(
    private readonly bus: Bus,
    private readonly integrations: IntegrationRepository,
    { testTimeoutMs }: CatalogConfig,
  ) {
    this.#timeoutMs = testTimeoutMs + GRACE_MS;
  }

  /**
   * Sends a request. `task` describes it in error messages, such as "list the tags". Throws a Refusal: 503 if no worker
   * runs, 504 if none answers, else the worker's own error.
   */
  async ask<T>({ tenantId, traceparent }: Caller, subject: string, request: object, task: string): Promise<T> {
    const options = { tenantId, traceparent, timeoutMs: this.#timeoutMs };
    const reply = await this.bus.request<T>(subject, request, options);
    if (reply.success && reply.result) return reply.result;
    throw this.#notReached(reply, subject, task) ?? toRefusal(reply, task);
  }

  /**
   * Like `ask`, about an integration. It is looked up here first, so that a wrong id gives 404 even if no worker runs.
   */
  async askAbout<T>(caller: Caller, integrationId: string, subject: string, query: object, task: string): Promise<T> {
    if (!(await this.integrations.find(caller.tenantId, integrationId))) throw notFound('integration', integrationId);
    return this.ask(caller, subject, { integrationId, ...query }, task);
  }

  /**
   * Messages of the bus's own failures begin with the subject. An unreachable vendor has the same code but another text.
   */
  #notReached({ errorCode, errorMessage }: OperationResult<unknown>, subject: string, task: string): Refusal | null {
    if (!errorMessage?.startsWith(`${subject}: `)) return null;
    if (errorCode === 'provider_unavailable') return unavailable(`no health-worker is running to ${task}`);
    if (errorCode !== 'timeout') return null;
    return new Refusal(errorCode, `the health-worker did not answer within ${this.#timeoutMs / 1_000} s`);
  }
}

function toRefusal(
  { errorCode, errorMessage, details, retryAfterMs }: OperationResult<unknown>,
  task: string,
): Refusal {
  if (errorCode === 'internal' || !isErrorCode(errorCode)) {
    return new Refusal('internal', `the health-worker failed to ${task}; see its logs`);
  }
  const http = retryAfterMs ? { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } } : {};
  return new Refusal(errorCode, errorMessage ?? `the health-worker refused to ${task}`, details ?? [], http);
}

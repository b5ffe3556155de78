import { Bus } from '@integrations/bus';
import { isErrorCode, type OperationResult } from '@integrations/contracts';
import { IntegrationRepository } from '@integrations/database';
import { Injectable } from '@nestjs/common';
import { notFound, Refusal, unavailable } from './refusal';

/** A probe has 10 s, and the worker answers even then. */
const TIMEOUT_MS = 15_000;

/** Those that may call connected services, asked over NATS. */
@Injectable()
export class HealthWorker {
  constructor(
    private readonly bus: Bus,
    private readonly integrations: IntegrationRepository,
  ) {}

  /**
   * `task` is what is asked for, as it stands after "to". Throws a Refusal: 503 without a worker, 504 without an answer,
   * else what the worker refuses it with.
   */
  async ask<T>(tenantId: string, subject: string, request: object, task: string): Promise<T> {
    const reply = await this.bus.request<T>(subject, request, { tenantId, timeoutMs: TIMEOUT_MS });
    if (reply.success && reply.result) return reply.result;
    throw notReached(reply, subject, task) ?? toRefusal(reply, task);
  }

  /** The same about an integration. It is looked up here, so that a wrong id is told as such even while no worker runs. */
  async askAbout<T>(tenantId: string, integrationId: string, subject: string, query: object, task: string): Promise<T> {
    if (!(await this.integrations.find(tenantId, integrationId))) throw notFound('integration', integrationId);
    return this.ask(tenantId, subject, { integrationId, ...query }, task);
  }
}

function toRefusal(
  { errorCode, errorMessage, details, retryAfterMs }: OperationResult<unknown>,
  task: string,
): Refusal {
  if (errorCode === 'internal' || !isErrorCode(errorCode)) {
    return new Refusal('internal', `the health-worker failed to ${task}; its logs tell why`);
  }
  const http = retryAfterMs ? { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } } : {};
  return new Refusal(errorCode, errorMessage ?? `the health-worker refused to ${task}`, details ?? [], http);
}

/** Failures of the bus itself begin with the subject; a vendor that is away has the same code and other words. */
function notReached({ errorCode, errorMessage }: OperationResult<unknown>, subject: string, task: string) {
  if (!errorMessage?.startsWith(`${subject}: `)) return null;
  if (errorCode === 'provider_unavailable') return unavailable(`no health-worker is running to ${task}`);
  if (errorCode !== 'timeout') return null;
  return new Refusal(errorCode, `the health-worker did not answer within ${TIMEOUT_MS / 1_000} s`);
}

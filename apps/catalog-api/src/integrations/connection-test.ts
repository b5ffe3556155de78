import { Bus } from '@integrations/bus';
import { isErrorCode, type OperationResult, type ProbeVerdict, RPC } from '@integrations/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller';
import { Refusal } from '../refusal';

/** A test may take 10 s, and the worker answers even then. */
const TIMEOUT_MS = 15_000;
const RETRY_AFTER = { 'retry-after': '5' };

/** Has integrations, registered or not, tested by whoever may call connected services: the health-worker. */
@Injectable()
export class ConnectionTest {
  constructor(private readonly bus: Bus) {}

  /** The verdict, good or bad. Throws a Refusal if there is none: 503 without a worker, 504 without an answer. */
  run(tenantId: string, integrationId: string): Promise<ProbeVerdict> {
    return this.#ask(tenantId, RPC.probeTest, { integrationId });
  }

  /** The same of a draft, as `readDraft` answers it. */
  runDraft({ tenantId, name: requestedBy }: Caller, draft: object): Promise<ProbeVerdict> {
    return this.#ask(tenantId, RPC.probeDraft, { ...draft, requestedBy });
  }

  async #ask(tenantId: string, subject: string, request: object): Promise<ProbeVerdict> {
    const options = { tenantId, timeoutMs: TIMEOUT_MS };
    const reply = await this.bus.request<ProbeVerdict>(subject, request, options);
    if (reply.success && reply.result) return reply.result;
    throw toRefusal(reply);
  }
}

function toRefusal({ errorCode, errorMessage, details }: OperationResult<ProbeVerdict>): Refusal {
  if (errorCode === 'provider_unavailable') {
    const message = 'no health-worker is running to test the connection';
    return new Refusal(errorCode, message, [], { status: 503, headers: RETRY_AFTER });
  }
  if (errorCode === 'timeout') {
    return new Refusal(errorCode, `the health-worker did not answer within ${TIMEOUT_MS / 1_000} s`);
  }
  if (errorCode === 'internal' || !isErrorCode(errorCode)) {
    return new Refusal('internal', 'the health-worker failed to test the connection; its logs tell why');
  }
  return new Refusal(errorCode, errorMessage ?? 'the health-worker refused the test', details);
}

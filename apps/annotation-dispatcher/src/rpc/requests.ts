import { RequestRejected, type RpcContext } from '@integrations/bus';
import {
  failed,
  type OperationResult,
  type ScmAccepted,
  type ScmDryRun,
  type ScmOperationView,
  type ScmResponse,
  succeeded,
} from '@integrations/contracts';
import { type OperationRepository, toOperationView } from '@integrations/database';
import type { Annotation } from '@integrations/payload-builder';
import { idempotencyKeyOf } from '../intake/idempotency-key';
import type { Intake } from '../intake/intake';
import type { Waiters } from '../waiting/waiters';
import type { DryRun } from './dry-run';

const DEFAULT_WAIT_MS = 30_000;

/** Answers callers of request/reply. Throws RequestRejected for a refused request. */
export class Requests {
  constructor(
    private readonly intake: Pick<Intake, 'accept'>,
    private readonly waiters: Pick<Waiters, 'wait'>,
    private readonly dryRun: Pick<DryRun, 'of'>,
    private readonly operations: Pick<OperationRepository, 'find'>,
  ) {}

  /** Accepts the operation, and waits for its outcome if the caller does. */
  async annotate(
    annotation: Annotation,
    caller: RpcContext,
  ): Promise<OperationResult<ScmResponse | ScmAccepted | ScmDryRun>> {
    const { request } = annotation;
    if (request.dryRun) return succeeded(await this.dryRun.of(caller.tenantId, annotation));
    const arrivedAt = Date.now();
    const { operationId, state, outcome } = await this.intake.accept({
      tenantId: caller.tenantId,
      annotation,
      idempotencyKey: idempotencyKeyOf(request, caller.idempotencyKey),
      submittedAt: new Date(arrivedAt),
      traceparent: caller.traceparent ?? null,
      isAwaited: request.wait !== 'accepted',
    });
    if (request.wait === 'accepted') return succeeded({ operationId, state }, operationId);
    if (outcome) return outcome;

    const waitMs = caller.deadlineMs ?? request.deadlineMs ?? DEFAULT_WAIT_MS;
    const late = failed('deadline_exceeded', 'no outcome in time; the operation continues', { operationId });
    return (await this.waiters.wait(operationId, arrivedAt + waitMs - Date.now())) ?? late;
  }

  async operation(tenantId: string, operationId: string): Promise<ScmOperationView> {
    const row = await this.operations.find(tenantId, operationId);
    if (row) return toOperationView(row);
    const message = 'is not the id of an operation of this tenant';
    throw RequestRejected.forFields('not_found', [{ field: 'operationId', message }]);
  }
}

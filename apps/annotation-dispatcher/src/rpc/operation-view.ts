import type { ScmOperationView } from '@integrations/contracts';
import type { OperationRow } from '@integrations/database';

/** A row of the ledger as callers see it. */
export function viewOf(row: OperationRow): ScmOperationView {
  const { integrationId, provider, operation, state, owner, repository, prNumber, commitSha, attempts } = row;
  return {
    operationId: row.id,
    integrationId,
    provider,
    operation,
    state,
    owner,
    repository,
    prNumber,
    commitSha,
    attempts,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    acceptedAt: row.acceptedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    outcome: row.finishedAt && row.outcome,
  };
}

import type { ScmOperationView } from '@integrations/contracts';
import type { OperationRow } from './operation';

/** The public view of a ledger row: its progress and outcome, without the request. */
export function toOperationView(row: OperationRow): ScmOperationView {
  const { id, integrationId, provider, operation, state, owner, repository, prNumber, commitSha, attempts } = row;
  return {
    operationId: id,
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
    ending: row.state === row.ending?.state ? null : (row.ending?.state ?? null),
    outcome: row.finishedAt ? row.outcome : null,
  };
}

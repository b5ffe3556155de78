export { DatabaseModule } from './database.module';
export { Database } from './database';
export type { Transaction } from './transaction';
export { isItemError } from './batches';
export { DatabaseVitals } from './vitals';
export { pendingMigrations, requireMigrated, runMigrations } from './migrate';
export {
  DatabaseError,
  InvalidCursor,
  isUnavailable,
  isUniqueViolation,
  LeaseLost,
  NameTaken,
  retryHint,
} from './errors';
export { storable } from './storable';
export {
  type Conflict,
  type HealthSummary,
  type IntegrationChanges,
  type EndpointFilter,
  type IntegrationFilter,
  type IntegrationPlace,
  IntegrationRepository,
  type IntegrationRow,
  type NewIntegration,
} from './catalog/integration.repository';
export { type CredentialFailure, CredentialFailureRepository } from './catalog/credential-failure.repository';
export { DependentRepository, type DependentRow } from './catalog/dependent.repository';
export { type HealthConfirmation, HealthRepository, type HealthRow } from './catalog/health.repository';
export type { ProbeClaim, ProbeDemand, ProbeLease, WantedProbes } from './catalog/probe-claim';
export {
  type CompletedProbe,
  type HeldLease,
  ProbeScheduleRepository,
  type TargetMember,
} from './catalog/probe-schedule.repository';
export {
  HealthHistory,
  type HealthGap,
  type HealthSighting,
  type HealthTransition,
  type LatencyStatistics,
  type ProbeResult,
  type RecordedTransition,
} from './health-history/health-history';
export { HealthRetention } from './health-history/retention';
export type { LaneLease } from './ledger/lanes';
export { LookBack } from './ledger/look-back';
export { BudgetRepository, type CallRequest } from './ledger/budget.repository';
export type { Entry } from './ledger/entry';
export type {
  Begun,
  Conclusion,
  Ending,
  Entered,
  FinalState,
  NewOperation,
  OperationRow,
  Rescheduling,
} from './ledger/operation';
export { type OperationFilter, OperationRepository, type ParkedFilter } from './ledger/operation.repository';
export { toOperationView } from './ledger/operation-view';
export { type Outage, OutageRepository } from './ledger/outage.repository';
export type { Requeued } from './ledger/requeue';
export { LedgerRetention } from './ledger/retention';
export type { OutboxMessage } from './outbox/message';
export { EventHistory, type RecordedEvent } from './outbox/event-history';
export { Outbox, SYSTEM_INTEGRATION } from './outbox/outbox';
export { OutboxRelay, type RelayOptions } from './outbox/relay';
export type { EventPosition } from './outbox/relay-store';
export type { SnapshotPosition, SnapshotSink } from './outbox/snapshot-keeper';
export type { IntegrationState } from './outbox/snapshot-store';
export { ApiTokenRepository } from './access/api-token.repository';
export {
  type SealedSecretPosition,
  SealedSecretRepository,
  type SealedSecretRow,
} from './access/sealed-secret.repository';
export { IdempotencyRepository, type KeyedRequest, type StoredAnswer } from './access/idempotency.repository';
export type { DigestKeys } from './access/audit-digest';
export { AuditDigestRepository, type DigestSigning } from './access/audit-digest.repository';
export type { AuditVerification } from './access/audit-verification';
export { auditedSecrets } from './access/audited-secrets';
export { type AuditFilter, AuditRepository, type AuditRow, type NewAuditEntry } from './access/audit.repository';

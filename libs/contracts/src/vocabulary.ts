/** The kinds of external service an integration connects to. */
export const INTEGRATION_TYPES = ['scm', 'registry', 'ci', 'runtime_host'] as const;
export type IntegrationType = (typeof INTEGRATION_TYPES)[number];

/** A kind of vendor, such as `github_app`. Open: whatever plugins are registered decides which are known. */
export type IntegrationProvider = string;
export const PROVIDER_PATTERN = /^[a-z][a-z0-9_]{1,39}$/;
export const PROVIDER_MESSAGE = 'must be the name of a provider, see GET /api/v1/providers';

export const HEALTH_STATUSES = ['unknown', 'healthy', 'degraded', 'unhealthy'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** What an open session of a provider may offer beside test and health. */
export const CAPABILITIES = [
  ...(['comment', 'status', 'check_run'] as const),
  ...(['repositories', 'tags', 'digest', 'referrers'] as const),
  ...(['pipelines', 'runs', 'workloads'] as const),
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** The annotation operations, spelled as in subjects, metrics and logs. */
export const SCM_OPERATIONS = ['comment', 'status', 'check_run', 'publish'] as const;
export type ScmOperation = (typeof SCM_OPERATIONS)[number];

/** Whether operations through an integration are sent, or parked with their payloads. */
export const POSTING_MODES = ['online', 'offline'] as const;
export type PostingMode = (typeof POSTING_MODES)[number];

/** What becomes of our inline remarks of earlier runs that are outdated. One that somebody answered is never touched. */
export const OUTDATED_POLICIES = ['resolve', 'delete', 'keep'] as const;
export type OutdatedPolicy = (typeof OUTDATED_POLICIES)[number];

/** The states of an operation in the ledger; the last five are final, except that a parked one can be replayed. */
export const OPERATION_STATES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'parked_offline',
  'superseded',
  'cancelled',
] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/** A tenant id is a token that we chose, so that it can stand in a NATS subject. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const INTEGRATION_TYPES = ['scm', 'registry', 'ci', 'runtime_host'] as const;
/** The kinds of external service that an integration connects to. */
export type IntegrationType = (typeof INTEGRATION_TYPES)[number];

/** A kind of vendor, such as `github_app`. An open set: the registered plugins decide which providers exist. */
export type IntegrationProvider = string;
export const PROVIDER_PATTERN = /^[a-z][a-z0-9_]{1,39}$/;
export const PROVIDER_MESSAGE = 'must be the name of a provider, see GET /api/v1/providers';

export const HEALTH_STATUSES = ['unknown', 'healthy', 'degraded', 'unhealthy'] as const;
/**
 * `healthy`: usable. `degraded`: usable with restrictions, or flapping. `unhealthy`: not usable. `unknown`: not checked
 * yet, or not recently.
 */
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

export const CAPABILITIES = [
  ...(['comment', 'status', 'check_run'] as const),
  ...(['repositories', 'tags', 'digest', 'referrers'] as const),
  ...(['pipelines', 'runs', 'workloads'] as const),
] as const;
/** What a provider's session may offer besides test and health check. `digest` resolves a tag or digest to an image. */
export type Capability = (typeof CAPABILITIES)[number];

export const SCM_OPERATIONS = ['comment', 'status', 'check_run', 'publish'] as const;
/** The annotation operations, spelled as in subjects, metrics and logs. */
export type ScmOperation = (typeof SCM_OPERATIONS)[number];

export const POSTING_MODES = ['online', 'offline'] as const;
/** `online`: operations through the integration are sent. `offline`: they are parked with their payloads. */
export type PostingMode = (typeof POSTING_MODES)[number];

export const OUTDATED_POLICIES = ['resolve', 'delete', 'keep'] as const;
/** What to do with outdated inline remarks of earlier runs. A remark that someone replied to is never touched. */
export type OutdatedPolicy = (typeof OUTDATED_POLICIES)[number];

export const OPERATION_STATES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'parked_offline',
  'superseded',
  'cancelled',
] as const;
/**
 * State of an operation in the ledger. `queued` and `running` operations are in progress. The other states are final,
 * except that a parked or failed operation can be posted again on request.
 */
export type OperationState = (typeof OPERATION_STATES)[number];

/** Tenant ids are restricted to characters that one token of a NATS subject may contain. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export {
  CAPABILITIES,
  type Capability,
  HEALTH_STATUSES,
  type HealthStatus,
  INTEGRATION_TYPES,
  type IntegrationType,
  OPERATION_STATES,
  type OperationState,
  type OutdatedPolicy,
  POSTING_MODES,
  type PostingMode,
  PROVIDER_PATTERN,
  SCM_OPERATIONS,
  type ScmOperation,
  TENANT_PATTERN,
} from './vocabulary';
export { ERROR_CODES, type ErrorCode, isErrorCode } from './error-codes';
export { failed, type FieldError, type OperationResult, succeeded } from './operation-result';
export { describeErrors, validate, type Validated } from './validation';
export { MAX_ENDPOINT, socketPathOf } from './endpoint';
export { type Dto, dtoSchema, nestedClass, REFERENCES, type Rules } from './dto-schema';
export { withNulls } from './schema-converters';
export { IsInstant, isInstant, IsNested } from './rules';
export {
  type AnnotationLevel,
  CHECK_RUN_CONCLUSIONS,
  CHECK_RUN_STATUSES,
  type CheckRunConclusion,
  type CheckRunStatus,
  COMMIT_STATES,
  type CommitState,
  MAX_ANNOTATIONS,
  ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  ScmCommentRequest,
  ScmOperationRequest,
  ScmRequest,
  ScmStatusRequest,
  SHA_PATTERN,
} from './scm-requests';
export { MAX_LINE, MAX_PATH, ScmFinding, SEVERITIES, type Severity } from './findings';
export { type PolicyVerdict, ScmEvidence, StellaScan, StellaVulnerability } from './stella-scan';
export {
  type FailOn,
  ScmPublishCheckRun,
  ScmPublishPolicies,
  ScmPublishRequest,
  ScmPublishShow,
  ScmPublishSource,
  ScmPublishStatus,
  ScmSeverityLevels,
} from './scm-publish';
export type { PublishedChanges, PublishedItem, PublishedPart, ScmPublishResponse } from './scm-publish-response';
export type {
  ScmAccepted,
  ScmCheckRunResponse,
  ScmCommentResponse,
  ScmDryRun,
  ScmOperationView,
  ScmOutcome,
  ScmResponse,
  ScmStatusResponse,
  VendorRequest,
} from './scm-responses';
export type { Truncation, WriteOutcome } from './written';
export {
  type HealthCheckResult,
  PROBE_CODES,
  PROBE_STAGES,
  type ProbeCode,
  type ProbeCertificate,
  type ProbeCredential,
  type ProbePermissions,
  type ProbePrincipal,
  type ProbeQuota,
  type ProbeServer,
  type ProbeStage,
  type ProbeStageName,
  type ProbeVerdict,
  type TestConnectionResult,
} from './probe';
export {
  AGENT_CAPABILITY_PATTERN,
  AGENT_ID_PATTERN,
  AgentHeartbeat,
  AgentHost,
  AgentSoftware,
  BEAT_KEPT_DAYS,
  MAX_AGENTS,
  MAX_BEAT_BYTES,
  silenceAllowedMs,
} from './agent-heartbeat';
export type { CheckLatency, HealthReport, HealthTurn, SecondsInState, Uptime } from './health';
export { type Maintenance, MaintenanceRequest, MAX_MAINTENANCE_DAYS } from './maintenance';
export { isStale, STALE_AFTER_INTERVALS, staleFrom } from './staleness';
export { ProbeDraftRequest } from './probe-draft';
export {
  type DiscoveredRepository,
  DiscoverPageQuery,
  DiscoverRequest,
  DISCOVERY_KINDS,
  type DiscoveryKind,
  type DiscoveryPage,
  VendorPageQuery,
} from './discovery';
export {
  type DiscoveredPipeline,
  ListPipelinesRequest,
  ListRunsQuery,
  ListRunsRequest,
  type PipelinePage,
  type PipelineRun,
  RUN_CONCLUSIONS,
  RUN_STATUSES,
  type RunConclusion,
  type RunPage,
  type RunStatus,
} from './ci';
export {
  ListWorkloadsQuery,
  ListWorkloadsRequest,
  type Workload,
  WORKLOAD_STATES,
  type WorkloadContainer,
  type WorkloadPage,
  type WorkloadState,
} from './runtime';
export {
  DIGEST_PATTERN,
  type DiscoveredTag,
  type ImageDescriptor,
  ListReferrersQuery,
  ListReferrersRequest,
  ListRegistryRepositoriesRequest,
  ListTagsQuery,
  ListTagsRequest,
  type Referrer,
  type ReferrerPage,
  type ResolvedImage,
  ResolveImageQuery,
  ResolveImageRequest,
  type TagPage,
} from './registry';
export type {
  AuditBreak,
  AuditBreakKind,
  AuditEntryView,
  AuditVerificationView,
  DigestBreak,
  DigestBreakKind,
  DigestVerification,
} from './audit';
export type { ParkedPayloadView, ReplayedView } from './parked-payload';
export { CONSUMER_PATTERN, type DependentView, PutDependentRequest } from './dependents';
export { PutSecretRequest, type WrittenSecret } from './secrets';
export type { Page } from './page';
export {
  CreateIntegrationRequest,
  HealthCheckSettings,
  type IntegrationHealth,
  IntegrationIdRequest,
  type IntegrationSnapshot,
  type IntegrationsSummary,
  type IntegrationView,
  ListIntegrationsQuery,
  PageQuery,
  type ProviderDescriptor,
  ResolveIntegrationRequest,
  UpdateIntegrationRequest,
} from './integrations';
export {
  AGENT_STREAM,
  agentHeartbeatSubject,
  ANNOTATE_STREAM,
  annotateSubject,
  DEAD_LETTER_STREAM,
  deadLetterSubject,
  EVENT_STREAM,
  eventSubject,
  HEADERS,
  RPC,
  STATE_BUCKET,
  stateKey,
} from './subjects';
export { readTraceparent, traceIdOf } from './trace-context';
export {
  type AnnotationEventData,
  type EventBody,
  type EventData,
  type EventName,
  type EventView,
  eventSchema,
  eventSource,
  eventType,
  type IntegrationEvent,
} from './events';
export {
  SYSTEM_SOURCE,
  type SystemEvent,
  type SystemEventBody,
  type SystemEventData,
  type SystemEventName,
  systemSubject,
} from './system-events';

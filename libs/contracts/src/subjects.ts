import type { IntegrationType, ScmOperation } from './vocabulary';

/** Subjects of NATS request/reply. A request is plain JSON, a reply is an `OperationResult`. */
export const RPC = {
  scmComment: 'integrations.v1.rpc.scm.comment',
  scmStatus: 'integrations.v1.rpc.scm.status',
  scmCheckRun: 'integrations.v1.rpc.scm.check_run',
  scmPublish: 'integrations.v1.rpc.scm.publish',
  scmOperation: 'integrations.v1.rpc.scm.operation',
  catalogGet: 'integrations.v1.rpc.catalog.get',
  catalogList: 'integrations.v1.rpc.catalog.list',
  catalogResolve: 'integrations.v1.rpc.catalog.resolve',
  probeTest: 'integrations.v1.rpc.probe.test',
  probeDraft: 'integrations.v1.rpc.probe.draft',
  probeHealth: 'integrations.v1.rpc.probe.health',
  probeDiscover: 'integrations.v1.rpc.probe.discover',
  registryRepositories: 'integrations.v1.rpc.registry.repositories',
  registryTags: 'integrations.v1.rpc.registry.tags',
  registryResolve: 'integrations.v1.rpc.registry.resolve',
  registryReferrers: 'integrations.v1.rpc.registry.referrers',
  ciPipelines: 'integrations.v1.rpc.ci.pipelines',
  ciRuns: 'integrations.v1.rpc.ci.runs',
  runtimeWorkloads: 'integrations.v1.rpc.runtime.workloads',
} as const;

/** Request headers, all of them optional and in lower case. */
export const HEADERS = {
  tenant: 'tenant',
  traceparent: 'traceparent',
  idempotencyKey: 'idempotency-key',
  deadlineMs: 'deadline-ms',
} as const;

export const EVENT_STREAM = { name: 'INTEGRATIONS_EVT', subjects: ['integrations.v1.evt.>', 'integrations.v1.sys.>'] };
export const ANNOTATE_STREAM = { name: 'INTEGRATIONS_ANNOTATE', subjects: ['integrations.v1.annotate.>'] };
/**
 * Dead letters: messages that were refused or failed every attempt, with the original body, and the reason in headers.
 */
export const DEAD_LETTER_STREAM = { name: 'INTEGRATIONS_DLQ', subjects: ['integrations.v1.dlq.>'] };

/** The latest heartbeat of each agent only. */
export const AGENT_STREAM = { name: 'INTEGRATIONS_AGENTS', subjects: ['integrations.v1.agent.*.*.heartbeat'] };

/** The KV bucket with an IntegrationSnapshot per integration, for consumers that start late. */
export const STATE_BUCKET = 'INTEGRATIONS_STATE';

export function stateKey(tenantId: string, integrationId: string): string {
  return `${tenantId}.${integrationId}`;
}

/** `integrations.v1.annotate.<tenant>.<operation>`: durable submission of an SCM request. */
export function annotateSubject(tenantId: string, operation: ScmOperation): string {
  return `integrations.v1.annotate.${tenantId}.${operation}`;
}

export function eventSubject(tenantId: string, type: IntegrationType, integrationId: string, event: string): string {
  return `integrations.v1.evt.${tenantId}.${type}.${integrationId}.${event}`;
}

/** `agentId` matches AGENT_ID_PATTERN. */
export function agentHeartbeatSubject(tenantId: string, agentId: string): string {
  return `integrations.v1.agent.${tenantId}.${agentId}.heartbeat`;
}

export function deadLetterSubject(consumer: string): string {
  return `integrations.v1.dlq.${consumer}`;
}

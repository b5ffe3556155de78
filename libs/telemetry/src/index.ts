export { READINESS_CHECKS, type ReadinessCheck } from './health/readiness';
export { annotationFields, type LoggedOperation } from './logging/annotation-fields';
export { createLogger } from './logging/logger';
export { Scrubber } from './logging/scrubber';
export { AgentMetrics } from './metrics/agent-metrics';
export { OperationMetrics } from './metrics/operation-metrics';
export { SchedulingMetrics } from './metrics/scheduling-metrics';
export { TELEMETRY_ROUTES } from './routes';
export { TelemetryModule } from './telemetry.module';

import type { HealthStatus, OperationState, ScmOperation } from '@integrations/contracts';
import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';

const HEALTH_CHECKS = 'integrations_health_check_total';
const TEST_DURATION = 'integrations_test_connection_duration_seconds';
const ANNOTATIONS = 'scm_annotation_total';
const ANNOTATION_DURATION = 'scm_annotation_duration_seconds';

/** A test has 10 s, an annotation may take as long as its pages of check run annotations. */
const TEST_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ANNOTATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What the mission counts and times. Durations in seconds. */
@Injectable()
export class OperationMetrics {
  constructor(
    @InjectMetric(HEALTH_CHECKS) private readonly healthChecks: Counter,
    @InjectMetric(TEST_DURATION) private readonly testDuration: Histogram,
    @InjectMetric(ANNOTATIONS) private readonly annotations: Counter,
    @InjectMetric(ANNOTATION_DURATION) private readonly annotationDuration: Histogram,
  ) {}

  healthChecked(provider: string, status: HealthStatus): void {
    this.healthChecks.inc({ provider, status });
  }

  connectionTested(provider: string, seconds: number): void {
    this.testDuration.observe({ provider }, seconds);
  }

  /** `seconds` is null where nothing was attempted, which is no duration of anything. */
  annotated(provider: string, operation: ScmOperation, status: OperationState, seconds: number | null): void {
    this.annotations.inc({ provider, operation, status });
    if (seconds !== null) this.annotationDuration.observe({ provider, operation }, seconds);
  }
}

export const METRIC_PROVIDERS = [
  makeCounterProvider({
    name: HEALTH_CHECKS,
    help: 'Health checks of integrations, by the status they found',
    labelNames: ['provider', 'status'],
  }),
  makeHistogramProvider({
    name: TEST_DURATION,
    help: 'Duration of on-demand connection tests in seconds',
    labelNames: ['provider'],
    buckets: TEST_BUCKETS,
  }),
  makeCounterProvider({
    name: ANNOTATIONS,
    help: 'Annotation operations, by the state they ended in',
    labelNames: ['provider', 'operation', 'status'],
  }),
  makeHistogramProvider({
    name: ANNOTATION_DURATION,
    help: 'Duration of posting an annotation in seconds',
    labelNames: ['provider', 'operation'],
    buckets: ANNOTATION_BUCKETS,
  }),
];

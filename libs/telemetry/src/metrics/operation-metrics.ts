import type { HealthStatus, OperationState, ScmOperation } from '@integrations/contracts';
import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';

const HEALTH_CHECKS = 'integrations_health_check_total';
const TEST_DURATION = 'integrations_test_connection_duration_seconds';
const AUTO_DISABLED = 'integrations_auto_disabled_total';
const ANNOTATIONS = 'scm_annotation_total';
const ANNOTATION_DURATION = 'scm_annotation_duration_seconds';
const BUDGET_WAIT = 'scm_annotation_budget_wait_seconds';
const HOLDS = 'scm_annotation_vendor_hold_total';

/** A test may take 10 s; an annotation may take longer, if a check run has many pages of annotations. */
const TEST_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Rate limits are per second, per minute and per hour. */
const WAIT_BUCKETS = [1, 5, 15, 60, 300, 900, 3_600, 14_400];
const ANNOTATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts calls to connected services and times them in seconds. No label names an integration. */
@Injectable()
export class OperationMetrics {
  constructor(
    @InjectMetric(HEALTH_CHECKS) private readonly healthChecks: Counter,
    @InjectMetric(TEST_DURATION) private readonly testDuration: Histogram,
    @InjectMetric(AUTO_DISABLED) private readonly disabled: Counter,
    @InjectMetric(ANNOTATIONS) private readonly annotations: Counter,
    @InjectMetric(ANNOTATION_DURATION) private readonly annotationDuration: Histogram,
    @InjectMetric(BUDGET_WAIT) private readonly budgetWait: Histogram,
    @InjectMetric(HOLDS) private readonly holds: Counter,
  ) {}

  healthChecked(provider: string, status: HealthStatus): void {
    this.healthChecks.inc({ provider, status });
  }

  connectionTested(provider: string, seconds: number): void {
    this.testDuration.observe({ provider }, seconds);
  }

  autoDisabled(provider: string): void {
    this.disabled.inc({ provider });
  }

  /** `seconds` is null if nothing was attempted; no duration is then recorded. */
  annotated(provider: string, operation: ScmOperation, status: OperationState, seconds: number | null): void {
    this.annotations.inc({ provider, operation, status });
    if (seconds !== null) this.annotationDuration.observe({ provider, operation }, seconds);
  }

  /** An operation has to wait for `seconds` because of the rate limits of its credential. */
  waitedForBudget(provider: string, seconds: number): void {
    this.budgetWait.observe({ provider }, seconds);
  }

  /** A vendor asked all callers under a credential to wait. */
  heldByVendor(provider: string): void {
    this.holds.inc({ provider });
  }
}

export const OPERATION_METRIC_PROVIDERS: Provider[] = [
  OperationMetrics,
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
    name: AUTO_DISABLED,
    help: 'Integrations taken out of service because their credential kept failing',
    labelNames: ['provider'],
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
  makeHistogramProvider({
    name: BUDGET_WAIT,
    help: 'How long annotation operations had to wait for the rate limits of their credential, in seconds',
    labelNames: ['provider'],
    buckets: WAIT_BUCKETS,
  }),
  makeCounterProvider({
    name: HOLDS,
    help: 'How often a vendor asked all callers under a credential to wait',
    labelNames: ['provider'],
  }),
];

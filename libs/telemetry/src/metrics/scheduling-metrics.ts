import { Injectable, type Provider } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import { Counter, Gauge, Histogram } from 'prom-client';

const START_LAG = 'integrations_probe_start_lag_seconds';
const OLDEST_DUE = 'integrations_probe_oldest_due_seconds';
const OLDEST_DUE_ANNOTATION = 'integrations_annotation_oldest_due_seconds';
const OLDEST_SUBMISSION = 'integrations_submission_oldest_seconds';
const IN_FLIGHT = 'integrations_probe_in_flight';
const LEASES_LOST = 'integrations_probe_lease_lost_total';
const OLDEST_TRANSACTION = 'integrations_database_oldest_transaction_seconds';
const OLDEST_EVENT = 'integrations_outbox_oldest_seconds';

const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** Whether probes and annotations keep up, and what may slow them down, as a health-worker sees it. Times in seconds. */
@Injectable()
export class SchedulingMetrics {
  constructor(
    @InjectMetric(START_LAG) private readonly startLag: Histogram,
    @InjectMetric(OLDEST_DUE) private readonly oldestDue: Gauge,
    @InjectMetric(OLDEST_DUE_ANNOTATION) private readonly oldestDueAnnotation: Gauge,
    @InjectMetric(OLDEST_SUBMISSION) private readonly oldestSubmission: Gauge,
    @InjectMetric(IN_FLIGHT) private readonly inFlight: Gauge,
    @InjectMetric(LEASES_LOST) private readonly leasesLost: Counter,
    @InjectMetric(OLDEST_TRANSACTION) private readonly oldestTransaction: Gauge,
    @InjectMetric(OLDEST_EVENT) private readonly oldestEvent: Gauge,
  ) {}

  probeStarted(provider: string, lagSeconds: number): void {
    this.startLag.observe({ provider }, lagSeconds);
  }

  probesWait(oldestDueSeconds: number): void {
    this.oldestDue.set(oldestDueSeconds);
  }

  annotationsWait(oldestDueSeconds: number): void {
    this.oldestDueAnnotation.set(oldestDueSeconds);
  }

  submissionsWait(oldestSeconds: number): void {
    this.oldestSubmission.set(oldestSeconds);
  }

  probesInFlight(provider: string, probes: number): void {
    this.inFlight.set({ provider }, probes);
  }

  leaseLost(provider: string): void {
    this.leasesLost.inc({ provider });
  }

  databaseAged(oldestTransactionSeconds: number, oldestEventSeconds: number): void {
    this.oldestTransaction.set(oldestTransactionSeconds);
    this.oldestEvent.set(oldestEventSeconds);
  }
}

export const SCHEDULING_METRIC_PROVIDERS: Provider[] = [
  SchedulingMetrics,
  makeHistogramProvider({
    name: START_LAG,
    help: 'Seconds from when a periodic probe was due until it started',
    labelNames: ['provider'],
    buckets: LAG_BUCKETS,
  }),
  makeGaugeProvider({
    name: OLDEST_DUE,
    help: 'How many seconds the next periodic probe has been due',
  }),
  makeGaugeProvider({
    name: OLDEST_DUE_ANNOTATION,
    help: 'How many seconds the next annotation operation has been due',
  }),
  makeGaugeProvider({
    name: OLDEST_SUBMISSION,
    help: 'Age in seconds of the oldest durable annotation request that no dispatcher has accepted',
  }),
  makeGaugeProvider({ name: IN_FLIGHT, help: 'Periodic probes in flight', labelNames: ['provider'] }),
  makeCounterProvider({
    name: LEASES_LOST,
    help: 'Probes whose lease expired before their result was stored',
    labelNames: ['provider'],
  }),
  makeGaugeProvider({
    name: OLDEST_TRANSACTION,
    help: 'Age in seconds of the oldest open transaction in the database',
  }),
  makeGaugeProvider({ name: OLDEST_EVENT, help: 'Age in seconds of the oldest event that is not published' }),
];

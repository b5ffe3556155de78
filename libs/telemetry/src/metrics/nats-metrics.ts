import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Gauge } from 'prom-client';

const NATS_UP = 'integrations_nats_up';
const DEAD_LETTERS = 'integrations_dead_letter_total';

/** Whether the app has its connection to NATS, where each app has a user of its own, and what it could not handle of it. */
@Injectable()
export class NatsMetrics {
  constructor(
    @InjectMetric(NATS_UP) private readonly natsUp: Gauge,
    @InjectMetric(DEAD_LETTERS) private readonly deadLetters: Counter,
  ) {}

  natsSeen(isUp: boolean): void {
    this.natsUp.set(Number(isUp));
  }

  /** `reason` is one of few: an error code, or how a message came to be given up. */
  deadLetterStored(reason: string): void {
    this.deadLetters.inc({ reason });
  }
}

export const NATS_METRIC_PROVIDERS = [
  makeGaugeProvider({ name: NATS_UP, help: '1 while there is a connection to NATS, else 0' }),
  makeCounterProvider({
    name: DEAD_LETTERS,
    help: 'Messages that were put into the dead letters, by why',
    labelNames: ['reason'],
  }),
];

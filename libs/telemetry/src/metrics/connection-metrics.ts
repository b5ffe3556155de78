import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Gauge } from 'prom-client';

const DATABASE_UP = 'integrations_database_up';
const NATS_UP = 'integrations_nats_up';
const DEAD_LETTERS = 'integrations_dead_letter_total';

/** The app's connections to PostgreSQL and NATS, for which each app has its own logins, and its dead letters. */
@Injectable()
export class ConnectionMetrics {
  constructor(
    @InjectMetric(DATABASE_UP) private readonly databaseUp: Gauge,
    @InjectMetric(NATS_UP) private readonly natsUp: Gauge,
    @InjectMetric(DEAD_LETTERS) private readonly deadLetters: Counter,
  ) {}

  databaseSeen(isUp: boolean): void {
    this.databaseUp.set(Number(isUp));
  }

  natsSeen(isUp: boolean): void {
    this.natsUp.set(Number(isUp));
  }

  /** `reason` is a DeadLetterCode, of which there are few: an error code, or why a message was given up. */
  deadLetterStored(reason: string): void {
    this.deadLetters.inc({ reason });
  }
}

export const CONNECTION_METRIC_PROVIDERS: Provider[] = [
  ConnectionMetrics,
  makeGaugeProvider({ name: DATABASE_UP, help: '1 while PostgreSQL answers and accepts writes, else 0' }),
  makeGaugeProvider({ name: NATS_UP, help: '1 while there is a connection to NATS, else 0' }),
  makeCounterProvider({
    name: DEAD_LETTERS,
    help: 'Messages that were put into the dead letters, by reason',
    labelNames: ['reason'],
  }),
];

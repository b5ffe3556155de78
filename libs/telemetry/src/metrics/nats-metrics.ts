import { Injectable } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Gauge } from 'prom-client';

const NATS_UP = 'integrations_nats_up';

/** Whether the app has its connection to NATS, where each app has a user of its own. */
@Injectable()
export class NatsMetrics {
  constructor(@InjectMetric(NATS_UP) private readonly natsUp: Gauge) {}

  natsSeen(isUp: boolean): void {
    this.natsUp.set(Number(isUp));
  }
}

export const NATS_METRIC_PROVIDERS = [
  makeGaugeProvider({ name: NATS_UP, help: '1 while there is a connection to NATS, else 0' }),
];

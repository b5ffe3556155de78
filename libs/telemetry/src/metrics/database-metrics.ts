import { Injectable } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Gauge } from 'prom-client';

const DATABASE_UP = 'integrations_database_up';

/** Whether PostgreSQL answers the app, whose login and connections may be its own. */
@Injectable()
export class DatabaseMetrics {
  constructor(@InjectMetric(DATABASE_UP) private readonly databaseUp: Gauge) {}

  databaseSeen(isUp: boolean): void {
    this.databaseUp.set(Number(isUp));
  }
}

export const DATABASE_METRIC_PROVIDERS = [
  makeGaugeProvider({ name: DATABASE_UP, help: '1 while PostgreSQL answers and takes writes, else 0' }),
];

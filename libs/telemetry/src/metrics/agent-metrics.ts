import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import { Counter } from 'prom-client';

const HEARTBEATS = 'integrations_agent_heartbeat_total';

/** What host agents report. No label names an agent. */
@Injectable()
export class AgentMetrics {
  constructor(@InjectMetric(HEARTBEATS) private readonly heartbeats: Counter) {}

  /** `outcome` is `taken`, or the reason why the heartbeat was rejected. */
  beatHeard(outcome: string): void {
    this.heartbeats.inc({ outcome });
  }
}

export const AGENT_METRIC_PROVIDERS: Provider[] = [
  AgentMetrics,
  makeCounterProvider({
    name: HEARTBEATS,
    help: 'Heartbeats of host agents, by whether they were valid',
    labelNames: ['outcome'],
  }),
];

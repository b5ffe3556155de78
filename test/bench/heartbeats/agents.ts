import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';

const TICK_MS = 50;
const TENANTS = 50;

/** Host agents that report one after the other, evenly spread over their interval, on one connection. */
export class Agents {
  readonly #nats: NatsConnection;
  readonly #count: number;
  readonly #intervalSeconds: number;
  #stopping = false;
  #reporting: Promise<void> | undefined;
  sent = 0;

  private constructor(nats: NatsConnection, count: number, intervalSeconds: number) {
    this.#nats = nats;
    this.#count = count;
    this.#intervalSeconds = intervalSeconds;
  }

  static async connect(natsUrl: string, count: number, intervalSeconds: number): Promise<Agents> {
    return new Agents(await connect({ servers: natsUrl }), count, intervalSeconds);
  }

  start(): void {
    this.#reporting ??= this.#report();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#reporting;
    await this.#nats.close();
  }

  async #report(): Promise<void> {
    const perMs = this.#count / (this.#intervalSeconds * 1_000);
    for (const begun = performance.now(); !this.#stopping; await sleep(TICK_MS)) {
      for (const due = (performance.now() - begun) * perMs; this.sent < due; this.sent += 1) this.#beat(this.sent);
    }
  }

  #beat(nth: number): void {
    const agent = nth % this.#count;
    const beat = {
      sentAt: new Date().toISOString(),
      intervalSeconds: this.#intervalSeconds,
      agent: { version: '1.4.2' },
      host: { name: `web-${agent}.example.com`, os: 'linux', arch: 'amd64', kernel: '6.1.0-18-amd64' },
      capabilities: ['btf', 'cgroup2', 'lsm'],
    };
    this.#nats.publish(subjectOf(agent), JSON.stringify(beat));
  }
}

function tenantOf(agent: number): string {
  return `tenant${agent % TENANTS}`;
}

function subjectOf(agent: number): string {
  return `integrations.v1.agent.${tenantOf(agent)}.web-${agent}.heartbeat`;
}

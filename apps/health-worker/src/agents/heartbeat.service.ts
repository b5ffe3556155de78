import { Bus, type BusMessage, type Follower } from '@integrations/bus';
import { AGENT_STREAM } from '@integrations/contracts';
import { AgentMetrics } from '@integrations/telemetry';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { AgentBeats } from './agent-beats';
import { readBeat } from './read-beat';

/** An agent that cannot be understood says so every few seconds. */
const LOG_EVERY_MS = 60_000;

/** Listens to the agents of all tenants, for the life of the app, before the first probe. Nothing is written. */
@Injectable()
export class HeartbeatService implements OnModuleInit, Follower {
  #quietUntil = -Infinity;

  constructor(
    private readonly bus: Bus,
    private readonly beats: AgentBeats,
    private readonly metrics: AgentMetrics,
    @InjectPinoLogger(HeartbeatService.name) private readonly log: PinoLogger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.bus.ensureStreams();
    const { name: stream, subjects } = AGENT_STREAM;
    this.bus.follow({ stream, filterSubject: subjects[0]!, follower: this });
  }

  began(serverNow: Date): void {
    this.beats.begin(serverNow);
  }

  interrupted(): void {
    this.beats.interrupt();
  }

  message(message: BusMessage): void {
    const read = readBeat(message);
    this.metrics.beatHeard(read.ok ? 'taken' : read.outcome);
    if (read.ok) this.beats.hear(read.tenantId, read.agentId, read.beat, message.publishedAt);
    else this.#tell(message.subject, read.reason);
  }

  /** Of many, one a minute; the metric counts them all. */
  #tell(subject: string, reason: string): void {
    const now = performance.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + LOG_EVERY_MS;
    this.log.warn({ subject: subject.slice(0, 200), reason }, 'heartbeat not understood');
  }
}

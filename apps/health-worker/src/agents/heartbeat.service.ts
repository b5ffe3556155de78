import { Bus, type BusMessage, type Follower } from '@integrations/bus';
import { AGENT_STREAM } from '@integrations/contracts';
import { AgentMetrics, Recurrences } from '@integrations/telemetry';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { AgentBeats } from './agent-beats';
import { agentOf, readBeat, type WrongBeat } from './read-beat';

/** Listens to the agents of all tenants from before the first probe until the app stops. Writes nothing. */
@Injectable()
export class HeartbeatService implements OnModuleInit, Follower {
  readonly #invalid = new Recurrences();

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
    const wrong = this.#hear(message);
    this.metrics.beatHeard(wrong?.outcome ?? 'taken');
    if (wrong) this.#logInvalid(message.subject, wrong);
  }

  #hear(message: BusMessage): WrongBeat | null {
    const agent = agentOf(message.subject);
    if (!agent) return { outcome: 'bad_subject', reason: 'the subject has no valid tenant, or no valid agent' };
    const { tenantId, agentId } = agent;
    const read = readBeat(message, this.beats.before(tenantId, agentId));
    if ('outcome' in read) return read;
    this.beats.hear(tenantId, agentId, read, message.publishedAt);
    return null;
  }

  /** An agent that is not understood repeats itself every few seconds. */
  #logInvalid(subject: string, { outcome, reason }: WrongBeat): void {
    const beats = this.#invalid.count(outcome);
    if (beats > 0) this.log.warn({ subject: subject.slice(0, 200), reason, beats }, 'invalid heartbeat ignored');
  }
}

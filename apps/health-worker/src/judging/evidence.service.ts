import { Bus, type BusMessage, type Consumption, done, drop, type Outcome } from '@integrations/bus';
import { EVENT_STREAM, type EventBody, type EventData } from '@integrations/contracts';
import { HealthRepository, ProbeScheduleRepository } from '@integrations/database';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { contradicts, evidenceOf } from './evidence';

type ReceivedEvent = EventBody & Partial<EventData['annotation_failed']>;

const EVENTS = ['annotation_posted', 'annotation_failed'] as const;
const MAX_IN_FLIGHT = 32;
/** Older evidence says nothing about now: it comes when a worker was down for long, or a consumer is new. */
const FRESH_MS = 5 * 60_000;
/** Under load most posts go through and say the same, so one per integration is weighed in this many milliseconds. */
const HEARD_MS = 5_000;

/**
 * Weighs evidence from real traffic. A post that goes through counts as a success of an integration believed healthy.
 * Evidence that contradicts the belief makes the probe due. Only the probe judges: each integration has one judge.
 */
@Injectable()
export class EvidenceService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #consumptions: Consumption[] = [];
  /** Integrations that were just shown to work, and when; the latest last. */
  readonly #heard = new Map<string, number>();

  constructor(
    private readonly bus: Bus,
    private readonly health: HealthRepository,
    private readonly schedule: ProbeScheduleRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.bus.ensureStreams();
    for (const event of EVENTS) {
      this.#consumptions.push(
        await this.bus.consume({
          stream: EVENT_STREAM.name,
          durable: `health-worker-${event}`,
          filterSubject: `integrations.v1.evt.*.*.*.${event}`,
          maxInFlight: MAX_IN_FLIGHT,
          handler: (message) => this.#weigh(event, message),
        }),
      );
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#consumptions.map((consumption) => consumption.stop()));
  }

  async #weigh(event: string, message: BusMessage): Promise<Outcome> {
    const at = new Date(message.header('ce-time') ?? message.publishedAt);
    if (Date.now() - at.getTime() > FRESH_MS) return done();
    const body = message.json();
    if (!body.ok) return drop('the event is not JSON');
    const { tenantId, integrationId, errorCode } = body.value as ReceivedEvent;
    const evidence = evidenceOf(event, errorCode);
    if (!evidence || (evidence === 'works' && this.#isHeard(integrationId))) return done();
    const believed = await this.health.weigh(tenantId, integrationId, at, evidence === 'works');
    if (evidence === 'works') this.#heard.set(integrationId, performance.now());
    if (believed && contradicts(evidence, believed)) await this.schedule.wake(tenantId, integrationId);
    return done();
  }

  #isHeard(integrationId: string): boolean {
    const now = performance.now();
    for (const [id, at] of this.#heard) {
      if (now - at < HEARD_MS) break;
      this.#heard.delete(id);
    }
    return this.#heard.has(integrationId);
  }
}

import { Bus, type Consumption } from '@integrations/bus';
import { ANNOTATE_STREAM } from '@integrations/contracts';
import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DispatcherConfig } from './config';
import { Engine } from './engine/engine';
import { Recovery } from './offline/recovery';
import { Submissions } from './submissions/submissions';
import { Waiters } from './waiting/waiters';

const DURABLE = 'annotation-dispatcher';
const MAX_IN_FLIGHT = 16;
/** About a day of failures that are ours, before a request goes to the dead letters. */
const MAX_DELIVER = 300;

/** Of the time that a shutdown may take: how long callers may still wait, and then attempts may still run. */
const WAITING_SHARE = 0.4;
const FINISHING_SHARE = 0.25;

/** Starts and stops the moving parts with the app. */
@Injectable()
export class DispatcherService implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #consumption: Consumption | undefined;

  constructor(
    private readonly config: DispatcherConfig,
    private readonly bus: Bus,
    private readonly engine: Engine,
    private readonly recovery: Recovery,
    private readonly waiters: Waiters,
    private readonly submissions: Submissions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.engine.start();
    this.recovery.start();
    await this.bus.ensureStreams();
    this.#consumption = await this.bus.consume({
      stream: ANNOTATE_STREAM.name,
      durable: DURABLE,
      filterSubject: 'integrations.v1.annotate.>',
      maxInFlight: MAX_IN_FLIGHT,
      maxDeliver: MAX_DELIVER,
      handler: (message) => this.submissions.handle(message),
    });
  }

  /** Takes nothing more of what can wait. What callers wait for still runs for a while. */
  async beforeApplicationShutdown(): Promise<void> {
    this.submissions.stop();
    this.waiters.hurry(this.config.shutdownTimeoutMs * WAITING_SHARE);
    await Promise.all([this.engine.stopPolling(), this.#consumption?.stop(), this.recovery.stop()]);
  }

  /** No request is open any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.engine.stop(this.config.shutdownTimeoutMs * FINISHING_SHARE);
  }
}

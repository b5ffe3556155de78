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
/** Deliveries of a request before it goes to the dead letters: about a day of failures on our side. */
const MAX_DELIVER = 300;

/** Shares of the shutdown timeout: how long callers may still wait, and after that how long attempts may still run. */
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

  /** Stops taking work that can wait. Operations that callers wait for still run for a while. */
  async beforeApplicationShutdown(): Promise<void> {
    this.submissions.stop();
    this.waiters.hurry(this.config.shutdownTimeoutMs * WAITING_SHARE);
    await Promise.all([this.engine.stopPolling(), this.#consumption?.stop(), this.recovery.stop()]);
  }

  /** By now no request is open. */
  async onApplicationShutdown(): Promise<void> {
    await this.engine.stop(this.config.shutdownTimeoutMs * FINISHING_SHARE);
  }
}

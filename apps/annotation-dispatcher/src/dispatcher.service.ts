import { Bus, type Consumption } from '@integrations/bus';
import { ANNOTATE_STREAM } from '@integrations/contracts';
import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DispatcherConfig } from './config';
import { Dispatcher } from './dispatcher';

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
    private readonly dispatcher: Dispatcher,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { engine, recovery, submissions } = this.dispatcher;
    engine.start();
    recovery.start();
    await this.bus.ensureStreams();
    this.#consumption = await this.bus.consume({
      stream: ANNOTATE_STREAM.name,
      durable: DURABLE,
      filterSubject: 'integrations.v1.annotate.>',
      maxInFlight: MAX_IN_FLIGHT,
      maxDeliver: MAX_DELIVER,
      handler: (message) => submissions.handle(message),
    });
  }

  /** Stops taking work that can wait. Operations that callers wait for still run for a while. */
  async beforeApplicationShutdown(): Promise<void> {
    const { engine, recovery, submissions, waiters } = this.dispatcher;
    submissions.stop();
    waiters.hurry(this.config.shutdownTimeoutMs * WAITING_SHARE);
    await Promise.all([engine.stopPolling(), this.#consumption?.stop(), recovery.stop()]);
  }

  /** By now no request is open. */
  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.engine.stop(this.config.shutdownTimeoutMs * FINISHING_SHARE);
  }
}

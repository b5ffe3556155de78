import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';

/** A subject on which requests come, to one of the instances of the queue each. */
export class ServedSubject {
  #isRefused = false;
  #subscription: Subscription;

  constructor(
    private readonly client: NatsConnection,
    readonly subject: string,
    private readonly queue: string,
    private readonly receive: (message: Msg) => void,
  ) {
    this.#subscription = this.#subscribe();
  }

  /** Whether NATS has said that this user may not subscribe to it. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Asks NATS for it once more. */
  subscribeAgain(): void {
    if (this.client.isClosed() || this.client.isDraining()) return;
    // Where permissions were taken away from a user that was connected, the client library holds on to it.
    this.#subscription.unsubscribe();
    this.#isRefused = false;
    this.#subscription = this.#subscribe();
  }

  drain(): Promise<void> {
    return this.#subscription.drain();
  }

  #subscribe(): Subscription {
    const callback = (refusal: Error | null, message: Msg) => {
      if (refusal) this.#isRefused = true;
      else this.receive(message);
    };
    return this.client.subscribe(this.subject, { queue: this.queue, callback });
  }
}

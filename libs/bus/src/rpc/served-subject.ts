import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';

/** A subject for requests; each request goes to one instance of the queue group. */
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

  /** True if NATS has denied this user the subscription. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Subscribes once more, after a denial. */
  subscribeAgain(): void {
    if (this.client.isClosed() || this.client.isDraining()) return;
    // The client library keeps a subscription whose permission was revoked while connected.
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

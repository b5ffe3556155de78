import { Agent, Client, type Dispatcher, Pool } from 'undici';
import type { Carrier } from './connection';
import type { Connector } from './connector';

/** Maximum number of sockets per origin. Further calls wait for a free one, within their own time limit. */
const CONNECTIONS_PER_ORIGIN = 128;

/** Links a call with the connection that carries it. */
export interface Journey {
  /** The connection, set when the call has been assigned one. */
  carrier: Carrier | undefined;
  /** True if the call was ended while it waited for a connection. */
  readonly isOver: boolean;
}

export type JourneyOptions = Dispatcher.DispatchOptions & { readonly journey: Journey };

/** An undici agent whose calls learn which connection carries them; undici itself does not expose that. */
export function createAgent(connector: Connector): Agent {
  return new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    allowH2: false,
    // CallGuard enforces both limits.
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (origin, options: Pool.Options) =>
      new Pool(origin, {
        ...options,
        factory: (url, clientOptions) => new CarrierClient(url, clientOptions, connector),
      }),
  });
}

class CarrierClient extends Client {
  readonly #carrier: Carrier;

  constructor(url: URL, options: Client.Options, connector: Connector) {
    const unconnected = { proxy: undefined, connecting: undefined, alert: undefined };
    const carrier: Carrier = { stage: 'dns', facts: { fresh: true }, ...unconnected };
    super(url, { ...options, connect: (target, callback) => connector(target, carrier, callback) });
    this.#carrier = carrier;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { journey } = options as JourneyOptions;
    if (journey.isOver) return true; // no connection is opened for a call that nobody waits for
    journey.carrier = this.#carrier;
    return super.dispatch(options, handler);
  }
}

import type { OperationResult } from '@integrations/contracts';
import { type Msg, type NatsConnection, nuid, type Subscription } from '@nats-io/transport-node';
import { encodeJson } from '../json';
import { isInbox } from './inbox';

export interface ServiceIdentity {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  /** The queue group of every endpoint. */
  readonly queue: string;
}

interface EndpointInfo {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
  readonly metadata: object;
}

interface EndpointStats {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
  readonly num_requests: number;
  readonly num_errors: number;
  readonly last_error: string;
  /** Nanoseconds. */
  readonly processing_time: number;
  readonly average_processing_time: number;
}

const NANOS_PER_MS = 1_000_000;

/**
 * Answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, so that tools such as `nats micro` find this instance and its
 * statistics. NATS defines the shapes: https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md
 */
export class ServiceDiscovery {
  readonly #started = new Date().toISOString();
  readonly #id = nuid.next();
  readonly #endpoints: Endpoint[] = [];

  constructor(private readonly identity: ServiceIdentity) {}

  /** Adds an endpoint. The caller must count the subject's requests with the returned object. */
  endpoint(subject: string): Endpoint {
    const endpoint = new Endpoint(subject, this.identity.queue);
    this.#endpoints.push(endpoint);
    return endpoint;
  }

  /** Every instance answers for itself, hence no queue group. */
  listen(client: NatsConnection): Subscription[] {
    const answers = { PING: () => this.#ping(), INFO: () => this.#info(), STATS: () => this.#stats() };
    return Object.entries(answers).flatMap(([verb, answer]) =>
      ['', `.${this.identity.name}`, `.${this.identity.name}.${this.#id}`].map((suffix) =>
        client.subscribe(`$SRV.${verb}${suffix}`, { callback: (_error, message: Msg) => respond(message, answer()) }),
      ),
    );
  }

  #ping(): object {
    return { type: 'io.nats.micro.v1.ping_response', ...this.#self() };
  }

  #info(): object {
    const endpoints = this.#endpoints.map((endpoint) => endpoint.info());
    return { type: 'io.nats.micro.v1.info_response', ...this.#self(), description: '', endpoints };
  }

  #stats(): object {
    const endpoints = this.#endpoints.map((endpoint) => endpoint.stats());
    return { type: 'io.nats.micro.v1.stats_response', ...this.#self(), started: this.#started, endpoints };
  }

  #self(): object {
    const { name, version } = this.identity;
    return { name, id: this.#id, version, metadata: {} };
  }
}

/** A served subject with its statistics. */
export class Endpoint {
  #requests = 0;
  #errors = 0;
  #lastError = '';
  #nanoseconds = 0;

  constructor(
    readonly subject: string,
    private readonly queue: string,
  ) {}

  /** `ms` is how long the request took. */
  served(result: OperationResult<unknown>, ms: number): void {
    this.#requests++;
    this.#nanoseconds += Math.round(ms * NANOS_PER_MS);
    if (result.success) return;
    this.#errors++;
    // Only the code: the message is for the caller alone, and anyone may read the statistics.
    this.#lastError = result.errorCode ?? 'internal';
  }

  info(): EndpointInfo {
    return { ...this.#self(), metadata: {} };
  }

  stats(): EndpointStats {
    return {
      ...this.#self(),
      num_requests: this.#requests,
      num_errors: this.#errors,
      last_error: this.#lastError,
      processing_time: this.#nanoseconds,
      average_processing_time: this.#requests === 0 ? 0 : Math.round(this.#nanoseconds / this.#requests),
    };
  }

  #self() {
    // A name must not contain dots: `scm-comment` for `integrations.v1.rpc.scm.comment`.
    const name = this.subject.split('.').slice(-2).join('-');
    return { name, subject: this.subject, queue_group: this.queue };
  }
}

function respond(message: Msg, answer: object): void {
  if (message.reply && isInbox(message.reply)) message.respond(encodeJson(answer));
}

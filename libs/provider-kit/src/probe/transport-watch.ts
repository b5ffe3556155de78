import type { ProbeStage, ProbeStageName } from '@integrations/contracts';
import type { Clock } from '../clock';
import type { ConnectionFacts, Egress, EgressRequest, EgressResponse } from '../egress/egress';
import { egressOver } from '../egress/egress-fetch';
import { ProviderError } from '../provider-error';
import { WANTS_TLS } from './probe-failure';

/** How the HTTPS ports of Go, nginx and Apache answer plain HTTP; Node's just close the connection. */
const PLAIN_HTTP_REFUSED = /HTTP request (was sent )?to (an )?HTTPS (server|port)|plain HTTP to an SSL-enabled/i;

/** How nginx refuses a client certificate, with the code of the TLS alert that other servers would send. */
const CERTIFICATE_REFUSALS = {
  'No required SSL certificate was sent': 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'The SSL certificate error': 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
};

const TRANSPORT_STAGES: readonly ProbeStageName[] = ['egress_policy', 'dns', 'tcp', 'tls', 'http'];

/** Watches the calls of a probe and derives the transport stages from the first call that ends. */
export class TransportWatch {
  /** The last parsed `Date` header: parsing is expensive, and most answers within a second carry the same date. */
  static #date = { text: '', ms: NaN };
  readonly egress: Egress;
  /** The last failed call's error, until a call is answered: the root cause of whatever the plugin throws. */
  failure: ProviderError | undefined;
  tls: ConnectionFacts['tls'];
  clientCertificate: ConnectionFacts['clientCertificate'];
  /** The service's clock minus ours, in milliseconds. */
  clockSkewMs: number | undefined;
  #stages: ProbeStage[] = [];
  #answered = false;

  constructor(
    egress: Egress,
    readonly clock: Clock,
  ) {
    this.egress = egressOver((call) => this.#watch(egress, call));
  }

  /** The stages observed since the last call of this method. */
  takeStages(): readonly ProbeStage[] {
    const stages = this.#stages;
    this.#stages = [];
    return stages;
  }

  async #watch(egress: Egress, call: EgressRequest): Promise<EgressResponse> {
    const started = performance.now();
    const sentAt = this.clock.now();
    try {
      const response = await egress.request(call);
      if (wantsTls(call, response)) throw plainHttpRefused(call, response);
      const refusal = certificateRefusal(call, response);
      if (refusal) throw refusal;
      this.#onAnswer(response, performance.now() - started, sentAt);
      return response;
    } catch (error) {
      if (error instanceof ProviderError) this.#onFailure(error, performance.now() - started);
      throw error;
    }
  }

  #onAnswer({ connection, headers }: EgressResponse, ms: number, sentAt: number): void {
    this.tls ??= connection.tls;
    this.clientCertificate ??= connection.clientCertificate;
    this.clockSkewMs ??= skew(TransportWatch.#read(headers['date']), (sentAt + this.clock.now()) / 2);
    if (this.#answered) return;
    this.#answered = true;
    this.failure = undefined;

    const made = connectionStages(connection);
    made.push({ name: 'http', ok: true, ms: remaining(ms, made) });
    this.#stages = made;
  }

  static #read(date = ''): number {
    if (date !== TransportWatch.#date.text) TransportWatch.#date = { text: date, ms: Date.parse(date) };
    return TransportWatch.#date.ms;
  }

  #onFailure(error: ProviderError, ms: number): void {
    const { stage: name, connection, message: detail } = error;
    if (this.#answered || !name || !TRANSPORT_STAGES.includes(name)) return;
    this.failure = error;
    this.clientCertificate ??= connection?.clientCertificate;
    const position = TRANSPORT_STAGES.indexOf(name);
    const passed = connectionStages(connection).filter((stage) => TRANSPORT_STAGES.indexOf(stage.name) < position);
    this.#stages = [...passed, { name, ok: false, ms: remaining(ms, passed), detail }];
  }
}

function wantsTls({ url }: EgressRequest, response: EgressResponse): boolean {
  return response.status === 400 && url.startsWith('http:') && PLAIN_HTTP_REFUSED.test(response.text().slice(0, 1_024));
}

function plainHttpRefused({ url }: EgressRequest, { connection }: EgressResponse): ProviderError {
  const options = { stage: 'http', httpStatus: 400, cause: { code: WANTS_TLS } } as const;
  const error = new ProviderError('network', `${new URL(url).host} speaks TLS only`, options);
  error.connection = connection;
  return error;
}

/** nginx completes the TLS handshake with any client, and refuses a missing or bad certificate only over HTTP. */
function certificateRefusal({ url }: EgressRequest, response: EgressResponse): ProviderError | undefined {
  if (response.status !== 400) return undefined;
  const beginning = response.text().slice(0, 1_024);
  const code = Object.entries(CERTIFICATE_REFUSALS).find(([words]) => beginning.includes(words))?.[1];
  if (!code) return undefined;
  const options = { stage: 'tls', httpStatus: 400, cause: { code } } as const;
  const error = new ProviderError('tls', `${new URL(url).host} requires a valid client certificate (${code})`, options);
  error.connection = response.connection;
  return error;
}

/** The stages before `http`, as far as they were observed. */
function connectionStages(connection: ConnectionFacts | undefined): ProbeStage[] {
  const stages: ProbeStage[] = [{ name: 'egress_policy', ok: true, ms: 0 }];
  const { dnsMs, tcpMs, tlsMs } = connection ?? {};
  if (dnsMs !== undefined) stages.push({ name: 'dns', ok: true, ms: dnsMs });
  if (tcpMs !== undefined) stages.push({ name: 'tcp', ok: true, ms: tcpMs });
  if (tlsMs !== undefined) stages.push({ name: 'tls', ok: true, ms: tlsMs });
  return stages;
}

/** The part of `ms` that `stages` do not account for, rounded to a tenth. */
export function remaining(ms: number, stages: readonly ProbeStage[]): number {
  let left = ms;
  for (const stage of stages) left -= stage.ms;
  return Math.round(Math.max(0, left) * 10) / 10;
}

/** A `Date` header is truncated to whole seconds, so the true time is half a second later on average. */
function skew(theirs: number, ourNow: number): number | undefined {
  return Number.isNaN(theirs) ? undefined : Math.round(theirs + 500 - ourNow);
}

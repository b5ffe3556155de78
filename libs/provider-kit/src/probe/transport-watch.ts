import type { ProbeStage, ProbeStageName } from '@integrations/contracts';
import type { Clock } from '../clock';
import type { ConnectionFacts, Egress, EgressRequest, EgressResponse } from '../egress/egress';
import { egressOver } from '../egress/egress-fetch';
import { ProviderError } from '../provider-error';
import { WANTS_TLS } from './probe-failure';

/** What Go's, nginx's and Apache's HTTPS ports say to plain HTTP; Node's just close. */
const PLAIN_HTTP_REFUSED = /HTTP request (was sent )?to (an )?HTTPS (server|port)|plain HTTP to an SSL-enabled/i;

/** What nginx says of a client certificate, by the code of the alert that others would have sent. */
const CERTIFICATE_REFUSALS = {
  'No required SSL certificate was sent': 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'The SSL certificate error': 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
};

const TRANSPORT_STAGES: readonly ProbeStageName[] = ['egress_policy', 'dns', 'tcp', 'tls', 'http'];

/** Watches the calls of a probe and learns the transport stages from the first that ends. */
export class TransportWatch {
  /** Read last: most of who answers within a second tells the same date, which takes longer to read than all else. */
  static #date = { text: '', ms: NaN };
  readonly egress: Egress;
  /** The error of the first call while none has been answered: it is at the root of whatever the plugin then throws. */
  failure: ProviderError | undefined;
  tls: ConnectionFacts['tls'];
  clientCertificate: ConnectionFacts['clientCertificate'];
  /** Their clock minus ours, in milliseconds. */
  clockSkewMs: number | undefined;
  #stages: ProbeStage[] = [];
  #answered = false;

  constructor(
    egress: Egress,
    readonly clock: Clock,
  ) {
    this.egress = egressOver((call) => this.#watch(egress, call));
  }

  /** The stages learned since this was last asked. */
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

/** nginx lets every client in, and tells some of them over HTTP that they should have stayed outside. */
function certificateRefusal({ url }: EgressRequest, response: EgressResponse): ProviderError | undefined {
  if (response.status !== 400) return undefined;
  const said = response.text().slice(0, 1_024);
  const code = Object.entries(CERTIFICATE_REFUSALS).find(([words]) => said.includes(words))?.[1];
  if (!code) return undefined;
  const options = { stage: 'tls', httpStatus: 400, cause: { code } } as const;
  const error = new ProviderError('tls', `${new URL(url).host} does not accept who calls (${code})`, options);
  error.connection = response.connection;
  return error;
}

/** The stages before `http`, as far as they were seen. */
function connectionStages(connection: ConnectionFacts | undefined): ProbeStage[] {
  const stages: ProbeStage[] = [{ name: 'egress_policy', ok: true, ms: 0 }];
  const { dnsMs, tcpMs, tlsMs } = connection ?? {};
  if (dnsMs !== undefined) stages.push({ name: 'dns', ok: true, ms: dnsMs });
  if (tcpMs !== undefined) stages.push({ name: 'tcp', ok: true, ms: tcpMs });
  if (tlsMs !== undefined) stages.push({ name: 'tls', ok: true, ms: tlsMs });
  return stages;
}

/** What is left of `ms` after `stages`, to a tenth. */
export function remaining(ms: number, stages: readonly ProbeStage[]): number {
  let left = ms;
  for (const stage of stages) left -= stage.ms;
  return Math.round(Math.max(0, left) * 10) / 10;
}

/** A `Date` header is cut to whole seconds: on average the truth is half a second later. */
function skew(theirs: number, ourNow: number): number | undefined {
  return Number.isNaN(theirs) ? undefined : Math.round(theirs + 500 - ourNow);
}

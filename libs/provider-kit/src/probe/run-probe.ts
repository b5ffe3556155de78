import {
  type HealthStatus,
  PROBE_CODES,
  type ProbeStage,
  type ProbeStageName,
  type ProbeVerdict,
} from '@integrations/contracts';
import type { ProviderDeps } from '../plugin';
import { ProviderError } from '../provider-error';
import type { Secret } from '../secret';
import { failureCodeOf, type FailureCode, ProbeFailure, chainOf, secretCodeOf, statusOf } from './probe-failure';
import { remaining, TransportWatch } from './transport-watch';

const VENDOR_STAGES = ['credential', 'identity', 'permissions', 'quota'] as const;
const CERTIFICATE_WARNING_DAYS = 14;
const SKEW_WARNING_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a stage found out; each `note` adds to the ones before. */
export type ProbeFindings = Partial<
  Pick<
    ProbeVerdict,
    'server' | 'principal' | 'permissions' | 'capabilities' | 'credential' | 'quota' | 'clockSkewMs' | 'warnings'
  >
>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a stage works with. */
export interface Probe {
  /** Build the vendor client from these: their egress is watched, which is how the transport stages become known. */
  readonly deps: ProviderDeps;
  /** The resolved credential; null only where none is required and none is given. */
  readonly secret: Secret | null;
  /** Ends with the time of the probe. Give it to every call. */
  readonly signal: AbortSignal;
  note(findings: ProbeFindings): void;
}

/** The stages of a provider. Leave out what the vendor cannot tell; each passes by returning. */
export type ProbeStages = Partial<Record<(typeof VENDOR_STAGES)[number], (probe: Probe) => Promise<void>>>;

export interface ProbeOptions {
  readonly deps: ProviderDeps;
  /**
   * Ends the probe: with a TimeoutError when the time is up, which the verdict blames on the service, or with another reason
   * when its caller has left.
   */
  readonly signal: AbortSignal;
  /** Whether an integration without a credential fails at once. */
  readonly requireCredential: boolean;
  readonly stages: ProbeStages;
}

/**
 * Runs a probe and answers with a verdict, whatever happens; it never throws. A provider writes only its own stages:
 *
 *     runProbe({
 *       deps, signal, requireCredential: true,
 *       stages: {
 *         credential: async ({ deps, signal, note }) => {
 *           const { version } = await client(deps).version(signal);
 *           note({ server: { product: 'Vendor', version } });
 *         },
 *         permissions: async ({ deps, signal, note }) => note({ permissions: await permissionsOf(client(deps), signal) }),
 *       },
 *     });
 *
 * - `resolve_secret` is done here, before them.
 * - `egress_policy`, `dns`, `tcp`, `tls` and `http` come from the first call that a stage makes, with the times that the
 *   connection took; on a connection that was open already only `http` is timed.
 * - A stage fails by throwing: a ProviderError (also as the cause of a vendor SDK's error), whose code and stage say
 *   what is wrong, or a ProbeFailure that names the code. Noting `permissions` with some `missing` fails it too; while
 *   some of the required ones are there, the status is `degraded`.
 * - Anything else thrown is a fault of ours: `prober_error`, status `unknown`; its message is not shown, but logged.
 */
export function runProbe(options: ProbeOptions): Promise<ProbeVerdict> {
  return new ProbeRun(options).verdict();
}

interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly status?: HealthStatus | undefined;
  readonly retryAfterMs?: number;
}

class ProbeRun {
  readonly #options: ProbeOptions;
  readonly #watch: TransportWatch;
  readonly #started = performance.now();
  readonly #stages: ProbeStage[] = [];
  readonly #findings: Mutable<Omit<ProbeFindings, 'warnings'>> = {};
  readonly #warnings: string[] = [];
  #current: { readonly name: ProbeStageName; readonly started: number } | undefined;
  #failure: Failure | undefined;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#watch = new TransportWatch(options.deps.egress, options.deps.clock);
  }

  async verdict(): Promise<ProbeVerdict> {
    const { deps, signal, stages, requireCredential } = this.#options;
    try {
      const probe: Probe = {
        deps: { ...deps, egress: this.#watch.egress },
        secret: deps.credential.present || requireCredential ? await this.#resolveSecret() : null,
        signal,
        note: (findings) => this.#note(findings),
      };
      for (const name of VENDOR_STAGES) {
        const stage = stages[name];
        if (!stage) continue;
        this.#begin(name);
        await stage(probe);
        this.#end();
      }
    } catch (error) {
      this.#fail(error);
    }
    return this.#told();
  }

  async #resolveSecret(): Promise<Secret> {
    const { credential } = this.#options.deps;
    this.#begin('resolve_secret');
    if (!credential.present) throw new ProbeFailure('credential_missing', 'The integration names no authRef');
    const secret = await credential.resolve(this.#options.signal);
    const { version, expiresAt } = secret;
    if (version) this.#note({ credential: { version } });
    if (expiresAt) this.#note({ credential: { expiresAt: expiresAt.toISOString() } });
    this.#end();
    return secret;
  }

  #begin(name: ProbeStageName): void {
    if (this.#options.signal.aborted) throw this.#tooLate();
    this.#current = { name, started: performance.now() };
  }

  #end(): void {
    const missing = this.#findings.permissions?.missing;
    if (missing && missing.length > 0) throw new ProbeFailure('scope_insufficient', `Missing: ${missing.join(', ')}`);
    this.#close(true);
  }

  #fail(thrown: unknown): void {
    const error = this.#rootOf(thrown);
    this.#failure = this.#judge(error);
    // A call that did not get through is the failure of a transport stage, not of the stage that made it.
    if (this.#watch.failure && error === this.#watch.failure) this.#stages.push(...this.#watch.takeStages());
    else this.#close(false, this.#failure.message);
  }

  #rootOf(thrown: unknown): unknown {
    if (thrown instanceof ProbeFailure) return thrown;
    const chain = chainOf(thrown);
    if (chain.includes(this.#watch.failure)) return this.#watch.failure;
    return chain.find((error) => error instanceof ProviderError) ?? this.#watch.failure ?? thrown;
  }

  #tooLate(): ProviderError {
    const ms = Math.round(performance.now() - this.#started);
    return new ProviderError('timeout', `The probe was not done within ${ms} ms`);
  }

  #judge(thrown: unknown): Failure {
    const { aborted, reason } = this.#options.signal;
    if (aborted && !isTimeout(reason)) return { code: 'prober_error', message: 'The probe was cancelled' };
    const error = aborted && thrown === reason ? this.#tooLate() : thrown;
    if (error instanceof ProbeFailure) return error;
    if (!(error instanceof ProviderError)) {
      // The message of an error that nobody foresaw may hold anything, a header's value for one: it is for the log.
      this.#options.deps.report?.(error);
      const name = error instanceof Error ? error.name : typeof error;
      return { code: 'prober_error', message: `The probe itself failed (${name})` };
    }
    const { message, retryAfterMs } = error;
    if (aborted && this.#secretMs > (performance.now() - this.#started) / 2) {
      return {
        code: 'prober_error',
        message: `The secret store took ${Math.round(this.#secretMs)} ms of the probe's time`,
      };
    }
    const code = this.#current?.name === 'resolve_secret' ? secretCodeOf(error) : this.#explain(error);
    return { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }

  /** A service that was left less time than its secret took was not given what it may take. */
  get #secretMs(): number {
    return this.#stages.find(({ name }) => name === 'resolve_secret')?.ms ?? 0;
  }

  /** A signed token is refused when the clocks disagree, and the vendor's answer rarely says why. */
  #explain(error: ProviderError): FailureCode {
    const code = failureCodeOf(error);
    return code === 'credential_invalid' && this.#skewed ? 'clock_skew' : code;
  }

  get #skewed(): boolean {
    return Math.abs(this.#clockSkewMs ?? 0) > SKEW_WARNING_MS;
  }

  /** As a stage noted it, who may know it better than the first answer's header. */
  get #clockSkewMs(): number | undefined {
    return this.#findings.clockSkewMs ?? this.#watch.clockSkewMs;
  }

  #close(ok: boolean, detail?: string): void {
    if (!this.#current) return;
    const { name, started } = this.#current;
    const transport = this.#watch.takeStages().filter((stage) => stage.ok);
    // The stage does not count again what the first call spent on its way.
    const ms = remaining(performance.now() - started, transport);
    this.#stages.push(...transport, { name, ok, ms, ...(detail === undefined ? {} : { detail }) });
    this.#current = undefined;
  }

  #note(findings: ProbeFindings): void {
    const { credential, warnings, ...others } = findings;
    Object.assign(this.#findings, others);
    if (credential) this.#findings.credential = { ...this.#findings.credential, ...credential };
    if (warnings) this.#warnings.push(...warnings);
  }

  #told(): ProbeVerdict {
    const now = this.#options.deps.clock.now();
    const failure = this.#failure;
    const code = failure?.code ?? 'ok';
    const { principal, permissions } = this.#findings;
    const tls = this.#tls(now);
    const clockSkewMs = this.#clockSkewMs;
    this.#warn(tls?.daysLeft, now);
    const verdict: Mutable<ProbeVerdict> = {
      status: failure?.status ?? statusOf(code, permissions),
      code,
      message: failure?.message ?? (principal ? `Connected as ${principal.id}` : 'Connected'),
      remediation: PROBE_CODES[code],
      stages: this.#stages,
      latencyMs: Math.round(performance.now() - this.#started),
      checkedAt: new Date(now).toISOString(),
      warnings: this.#warnings,
    };
    Object.assign(verdict, this.#findings);
    const expiresAt = this.#expiry();
    if (expiresAt !== undefined) verdict.credential = { ...verdict.credential, expiresAt };
    if (tls) verdict.tls = tls;
    if (clockSkewMs !== undefined) verdict.clockSkewMs = clockSkewMs;
    if (failure?.retryAfterMs !== undefined) verdict.retryAfterMs = failure.retryAfterMs;
    return verdict;
  }

  #tls(now: number): ProbeVerdict['tls'] {
    const { tls } = this.#watch;
    return tls && { ...tls, daysLeft: daysUntil(tls.validTo, now) };
  }

  /** Without its client certificate, the rest of the credential is of no use. */
  #expiry(): string | undefined {
    const own = this.#findings.credential?.expiresAt;
    const shown = this.#watch.clientCertificate?.validTo;
    if (own === undefined || shown === undefined) return own ?? shown;
    return Date.parse(own) < Date.parse(shown) ? own : shown;
  }

  /** Of the transport; what the stages warned of comes first. */
  #warn(daysLeft: number | undefined, now: number): void {
    const { clientCertificate } = this.#watch;
    if (daysLeft !== undefined && daysLeft < CERTIFICATE_WARNING_DAYS) {
      this.#warnings.push(`The certificate of the service expires in ${daysLeft} days`);
    }
    const clientDaysLeft = clientCertificate && daysUntil(clientCertificate.validTo, now);
    if (clientDaysLeft !== undefined && clientDaysLeft < CERTIFICATE_WARNING_DAYS) {
      this.#warnings.push(clientWarning(clientDaysLeft));
    }
    if (this.#skewed) {
      const skew = Math.round((this.#clockSkewMs ?? 0) / 1_000);
      this.#warnings.push(`The clock of the service is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`);
    }
  }
}

/** Want of time says something of the service; that nobody waits any more says nothing. */
function isTimeout(reason: unknown): boolean {
  return (reason as { readonly name?: unknown } | undefined)?.name === 'TimeoutError';
}

function daysUntil(time: string, now: number): number {
  return Math.floor((Date.parse(time) - now) / DAY_MS);
}

function clientWarning(daysLeft: number): string {
  return daysLeft < 0 ? 'The client certificate has expired' : `The client certificate expires in ${daysLeft} days`;
}

import {
  type HealthStatus,
  PROBE_CODES,
  type ProbeStage,
  type ProbeStageName,
  type ProbeVerdict,
} from '@integrations/contracts';
import type { ProviderDeps } from '../plugin';
import { type FailureCode, ProviderError } from '../provider-error';
import type { Secret } from '../secret';
import { failureCodeOf, ProbeFailure, chainOf, secretCodeOf, statusOf } from './probe-failure';
import { remaining, TransportWatch } from './transport-watch';

const VENDOR_STAGES = ['credential', 'identity', 'permissions', 'quota'] as const;
const CERTIFICATE_WARNING_DAYS = 14;
const SKEW_WARNING_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a stage found out. Each `note` adds to the earlier ones. */
export type ProbeFindings = Partial<
  Pick<
    ProbeVerdict,
    'server' | 'principal' | 'permissions' | 'capabilities' | 'credential' | 'quota' | 'clockSkewMs' | 'warnings'
  >
>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a stage receives. */
export interface Probe {
  /** Build the vendor client from these: the transport stages are derived from the calls through this `egress`. */
  readonly deps: ProviderDeps;
  /** The resolved credential; null only if none is required and none is configured. */
  readonly secret: Secret | null;
  /** Aborts when the probe's time is up. Pass it to every call. */
  readonly signal: AbortSignal;
  note(findings: ProbeFindings): void;
}

/** The stages of a provider. A stage passes by returning. Leave out stages for which the vendor has no information. */
export type ProbeStages = Partial<Record<(typeof VENDOR_STAGES)[number], (probe: Probe) => Promise<void>>>;

export interface ProbeOptions {
  readonly deps: ProviderDeps;
  /**
   * Ends the probe. If its reason is a TimeoutError, the time is up and the verdict blames the service. With any other
   * reason the caller has cancelled the probe.
   */
  readonly signal: AbortSignal;
  /** If true, a probe of an integration without a credential fails at once. */
  readonly requireCredential: boolean;
  readonly stages: ProbeStages;
}

/**
 * Runs a probe. Always resolves to a verdict; never rejects. A provider writes only its own stages:
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
 * - `runProbe` itself performs `resolve_secret`, before the provider's stages.
 * - `egress_policy`, `dns`, `tcp`, `tls` and `http` come from the first call that a stage makes, with the times that the
 *   connection took. On a connection that was already open, only `http` is timed.
 * - A stage fails by throwing. It throws a ProviderError (or a vendor SDK's error that has one as its cause), whose code
 *   and stage, or `probeCode`, say what is wrong, or a ProbeFailure, which names the verdict's code. A stage also fails
 *   if it notes `permissions` with some `missing`; the status is then `degraded` if at least one required permission was
 *   granted.
 * - Any other error is our own fault: `prober_error`, status `unknown`. Its message is logged, but not shown.
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
    return this.#buildVerdict();
  }

  async #resolveSecret(): Promise<Secret> {
    const { credential } = this.#options.deps;
    this.#begin('resolve_secret');
    if (!credential.present) throw new ProbeFailure('credential_missing', 'The integration has no authRef');
    const secret = await credential.resolve(this.#options.signal);
    const { version, expiresAt } = secret;
    if (version) this.#note({ credential: { version } });
    if (expiresAt) this.#note({ credential: { expiresAt: expiresAt.toISOString() } });
    this.#end();
    return secret;
  }

  #begin(name: ProbeStageName): void {
    if (this.#options.signal.aborted) throw this.#timeoutError();
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
    // If the call itself did not get through, a transport stage failed, not the provider's stage that made the call.
    if (this.#watch.failure && error === this.#watch.failure) this.#stages.push(...this.#watch.takeStages());
    else this.#close(false, this.#failure.message);
  }

  #rootOf(thrown: unknown): unknown {
    if (thrown instanceof ProbeFailure) return thrown;
    const chain = chainOf(thrown);
    if (chain.includes(this.#watch.failure)) return this.#watch.failure;
    return chain.find((error) => error instanceof ProviderError) ?? this.#watch.failure ?? thrown;
  }

  #timeoutError(): ProviderError {
    const ms = Math.round(performance.now() - this.#started);
    return new ProviderError('timeout', `The probe did not finish within ${ms} ms`);
  }

  #judge(thrown: unknown): Failure {
    const { aborted, reason } = this.#options.signal;
    if (aborted && !isTimeout(reason)) return { code: 'prober_error', message: 'The probe was cancelled' };
    const error = aborted && thrown === reason ? this.#timeoutError() : thrown;
    if (error instanceof ProbeFailure) return error;
    if (!(error instanceof ProviderError)) {
      // The message of an unexpected error may hold anything, even the value of a header, so it only goes to the log.
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

  /** Milliseconds that the secret took. If that was over half of the time, a timeout is not the service's fault. */
  get #secretMs(): number {
    return this.#stages.find(({ name }) => name === 'resolve_secret')?.ms ?? 0;
  }

  /** A vendor refuses a signed token when the clocks disagree, and its answer rarely says why. */
  #explain(error: ProviderError): FailureCode {
    const code = failureCodeOf(error);
    const isUnexplained = code === 'credential_invalid' && error.probeCode === undefined;
    return isUnexplained && this.#skewed ? 'clock_skew' : code;
  }

  get #skewed(): boolean {
    return Math.abs(this.#clockSkewMs ?? 0) > SKEW_WARNING_MS;
  }

  /** A stage may know the skew more precisely than the first answer's `Date` header, so its value takes precedence. */
  get #clockSkewMs(): number | undefined {
    return this.#findings.clockSkewMs ?? this.#watch.clockSkewMs;
  }

  #close(ok: boolean, detail?: string): void {
    if (!this.#current) return;
    const { name, started } = this.#current;
    const transport = this.#watch.takeStages().filter((stage) => stage.ok);
    // The transport stages already account for the time that the first call spent on its connection.
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

  #buildVerdict(): ProbeVerdict {
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

  /** The earlier of the credential's and the client certificate's expiry: neither is of use without the other. */
  #expiry(): string | undefined {
    const own = this.#findings.credential?.expiresAt;
    const shown = this.#watch.clientCertificate?.validTo;
    if (own === undefined || shown === undefined) return own ?? shown;
    return Date.parse(own) < Date.parse(shown) ? own : shown;
  }

  /** Adds warnings about the transport, after those of the stages. */
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

/** A timeout says something about the service; a caller that no longer waits says nothing. */
function isTimeout(reason: unknown): boolean {
  return (reason as { readonly name?: unknown } | undefined)?.name === 'TimeoutError';
}

function daysUntil(time: string, now: number): number {
  return Math.floor((Date.parse(time) - now) / DAY_MS);
}

function clientWarning(daysLeft: number): string {
  return daysLeft < 0 ? 'The client certificate has expired' : `The client certificate expires in ${daysLeft} days`;
}

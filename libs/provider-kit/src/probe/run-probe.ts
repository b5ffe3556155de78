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
import { ProbeBudget } from './probe-budget';
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
  /** Ends with the budget. Give it to every call. */
  readonly signal: AbortSignal;
  note(findings: ProbeFindings): void;
}

/** The stages of a provider. Leave out what the vendor cannot tell; each passes by returning. */
export type ProbeStages = Partial<Record<(typeof VENDOR_STAGES)[number], (probe: Probe) => Promise<void>>>;

export interface ProbeOptions {
  readonly deps: ProviderDeps;
  readonly signal: AbortSignal;
  /** Milliseconds for everything; at their end the verdict is given, come what may. */
  readonly budgetMs: number;
  /** Whether an integration without a credential fails at once. */
  readonly requireCredential: boolean;
  readonly stages: ProbeStages;
}

/**
 * Runs a probe and answers with a verdict, whatever happens; it never throws. A provider writes only its own stages:
 *
 *     runProbe({
 *       deps, signal, budgetMs: 10_000, requireCredential: true,
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
 * - Anything else thrown is a fault of ours: `prober_error`, status `unknown`; its message is not shown.
 */
export async function runProbe(options: ProbeOptions): Promise<ProbeVerdict> {
  const run = new ProbeRun(options);
  try {
    await run.all();
  } catch (error) {
    run.fail(error);
  } finally {
    run.budget.release();
  }
  return run.verdict();
}

interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly status?: HealthStatus | undefined;
  readonly retryAfterMs?: number;
}

class ProbeRun {
  readonly budget: ProbeBudget;
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
    this.budget = new ProbeBudget(options.signal, options.budgetMs);
    this.#watch = new TransportWatch(options.deps.egress, options.deps.clock);
  }

  async all(): Promise<void> {
    const secret = await this.#resolveSecret();
    const probe: Probe = {
      deps: { ...this.#options.deps, egress: this.#watch.egress },
      secret,
      signal: this.budget.signal,
      note: (findings) => this.#note(findings),
    };
    for (const name of VENDOR_STAGES) {
      const stage = this.#options.stages[name];
      if (stage) await this.#stage(name, () => stage(probe));
    }
  }

  async #resolveSecret(): Promise<Secret | null> {
    const { credential } = this.#options.deps;
    if (!credential.present && !this.#options.requireCredential) return null;
    return this.#stage('resolve_secret', async () => {
      if (!credential.present) throw new ProbeFailure('credential_missing', 'The integration names no authRef');
      const secret = await credential.resolve(this.budget.signal);
      const { version, expiresAt } = secret;
      if (version) this.#note({ credential: { version } });
      if (expiresAt) this.#note({ credential: { expiresAt: expiresAt.toISOString() } });
      return secret;
    });
  }

  async #stage<T>(name: ProbeStageName, work: () => Promise<T>): Promise<T> {
    this.#current = { name, started: performance.now() };
    const result = await this.budget.within(work);
    const missing = this.#findings.permissions?.missing ?? [];
    if (missing.length > 0) throw new ProbeFailure('scope_insufficient', `Missing: ${missing.join(', ')}`);
    this.#close(true);
    return result;
  }

  fail(thrown: unknown): void {
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

  #judge(error: unknown): Failure {
    if (this.budget.cancelled) return { code: 'prober_error', message: 'The probe was cancelled' };
    if (error instanceof ProbeFailure) return error;
    if (!(error instanceof ProviderError)) {
      // The message of an error that nobody foresaw may hold anything, a header's value for one.
      const name = error instanceof Error ? error.name : typeof error;
      return { code: 'prober_error', message: `The probe itself failed (${name})` };
    }
    const { message, retryAfterMs } = error;
    const code = this.#current?.name === 'resolve_secret' ? secretCodeOf(error) : this.#explain(error);
    return { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
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

  verdict(): ProbeVerdict {
    const now = this.#options.deps.clock.now();
    const code = this.#failure?.code ?? 'ok';
    const { principal, permissions } = this.#findings;
    const tls = this.#tls(now);
    const clockSkewMs = this.#clockSkewMs;
    const retryAfterMs = this.#failure?.retryAfterMs;
    const verdict: Mutable<ProbeVerdict> = {
      status: this.#failure?.status ?? statusOf(code, permissions),
      code,
      message: this.#failure?.message ?? (principal ? `Connected as ${principal.id}` : 'Connected'),
      remediation: PROBE_CODES[code],
      stages: this.#stages,
      latencyMs: Math.round(performance.now() - this.#started),
      checkedAt: new Date(now).toISOString(),
      warnings: [...this.#warnings, ...this.#transportWarnings(tls?.daysLeft, now)],
    };
    Object.assign(verdict, this.#findings);
    const expiresAt = this.#expiry();
    if (expiresAt !== undefined) verdict.credential = { ...verdict.credential, expiresAt };
    if (tls) verdict.tls = tls;
    if (clockSkewMs !== undefined) verdict.clockSkewMs = clockSkewMs;
    if (retryAfterMs !== undefined) verdict.retryAfterMs = retryAfterMs;
    return verdict;
  }

  #tls(now: number): ProbeVerdict['tls'] {
    const { tls } = this.#watch;
    return tls && { ...tls, daysLeft: daysUntil(tls.validTo, now) };
  }

  /** Without its client certificate, the rest of the credential is of no use. */
  #expiry(): string | undefined {
    const ends = [this.#findings.credential?.expiresAt, this.#watch.clientCertificate?.validTo];
    return ends.filter((end) => end !== undefined).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  }

  #transportWarnings(daysLeft: number | undefined, now: number): string[] {
    const { clientCertificate } = this.#watch;
    const clientDaysLeft = clientCertificate ? daysUntil(clientCertificate.validTo, now) : Infinity;
    const skew = Math.round((this.#clockSkewMs ?? 0) / 1_000);
    return [
      ...(daysLeft !== undefined && daysLeft < CERTIFICATE_WARNING_DAYS
        ? [`The certificate of the service expires in ${daysLeft} days`]
        : []),
      ...(clientDaysLeft < CERTIFICATE_WARNING_DAYS ? [clientWarning(clientDaysLeft)] : []),
      ...(this.#skewed
        ? [`The clock of the service is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`]
        : []),
    ];
  }
}

function daysUntil(time: string, now: number): number {
  return Math.floor((Date.parse(time) - now) / DAY_MS);
}

function clientWarning(daysLeft: number): string {
  return daysLeft < 0 ? 'The client certificate has expired' : `The client certificate expires in ${daysLeft} days`;
}

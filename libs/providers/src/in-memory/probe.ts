import {
  type ErrorCode,
  type HealthStatus,
  PROBE_CODES,
  type ProbeCode,
  type ProbeStageName,
  type ProbeVerdict,
} from '@integrations/contracts';
import { type ProviderDeps, ProviderError } from '@integrations/provider-kit';
import type { InMemoryClient } from './client';

interface Judgement {
  readonly code: ProbeCode;
  readonly stage: ProbeStageName;
  readonly status: HealthStatus;
}

const UNEXPECTED: Judgement = { code: 'prober_error', stage: 'http', status: 'unknown' };

const JUDGEMENTS: Partial<Readonly<Record<ErrorCode, Judgement>>> = {
  secret_unresolvable: { code: 'secret_unresolvable', stage: 'resolve_secret', status: 'unknown' },
  network: { code: 'tcp_refused', stage: 'tcp', status: 'unhealthy' },
  tls: { code: 'tls_error', stage: 'tls', status: 'unhealthy' },
  timeout: { code: 'timeout', stage: 'http', status: 'unhealthy' },
  provider_unavailable: { code: 'server_degraded', stage: 'http', status: 'degraded' },
  unauthenticated: { code: 'credential_invalid', stage: 'credential', status: 'unhealthy' },
  not_installed: { code: 'not_found_or_hidden', stage: 'identity', status: 'unhealthy' },
  not_found_or_no_access: { code: 'not_found_or_hidden', stage: 'identity', status: 'unhealthy' },
  permission_missing: { code: 'scope_insufficient', stage: 'permissions', status: 'unhealthy' },
  rate_limited: { code: 'rate_limited', stage: 'quota', status: 'degraded' },
};

/** One call proves all that there is to prove here, so that the deep test and the cheap check are the same. */
export async function probe(client: InMemoryClient, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const start = deps.clock.now();
  const elapsed = () => Math.max(0, deps.clock.now() - start);
  const base = { checkedAt: new Date(start).toISOString(), warnings: [] };
  try {
    const principal = await client.identify(signal);
    const stages = [{ name: 'identity' as const, ok: true, ms: elapsed() }];
    const answer = {
      status: 'healthy',
      code: 'ok',
      message: 'The memory answers.',
      remediation: PROBE_CODES.ok,
    } as const;
    return { ...base, ...answer, stages, latencyMs: elapsed(), principal };
  } catch (error) {
    const known = error instanceof ProviderError ? error : undefined;
    const { code, stage, status } = (known && JUDGEMENTS[known.code]) ?? UNEXPECTED;
    const message = known?.message ?? 'in_memory: the probe failed unexpectedly';
    const stages = [{ name: stage, ok: false, ms: elapsed(), detail: message }];
    const retry = known?.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs };
    return { ...base, status, code, message, remediation: PROBE_CODES[code], stages, latencyMs: elapsed(), ...retry };
  }
}

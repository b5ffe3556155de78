import { type IntegrationConfig, type ProviderDeps, ProviderError, Secret } from '@integrations/provider-kit';
import { InMemoryConfig } from './config';
import { Memory } from './memory';
import { probe } from './probe';

describe('The probe of in_memory', () => {
  it('is healthy without a credential, and reports an anonymous principal', async () => {
    const verdict = await run();

    expect(verdict).toMatchObject({
      status: 'healthy',
      code: 'ok',
      server: { product: 'In memory' },
      principal: { id: 'anonymous', kind: 'anonymous' },
    });
    expect(verdict.stages.map(({ name }) => name)).toEqual(['identity']);
  });

  it('resolves a credential if there is one, although none is required', async () => {
    const verdict = await run({ credential: () => Promise.resolve(new Secret('anything', '7')) });

    expect(verdict).toMatchObject({
      status: 'healthy',
      principal: { kind: 'credential' },
      credential: { version: '7' },
    });
    expect(verdict.stages.map(({ name }) => name)).toEqual(['resolve_secret', 'identity']);
  });

  it('is unknown while the secret store is down', async () => {
    const verdict = await run({
      credential: () => Promise.reject(new ProviderError('secret_unresolvable', 'the store is down')),
    });

    expect(verdict).toMatchObject({ status: 'unknown', code: 'prober_error' });
  });

  it('reports a missing credential if one is required', async () => {
    expect(await run({ config: { requireCredential: true } })).toMatchObject({
      status: 'unhealthy',
      code: 'credential_missing',
    });
  });

  it.each([
    ['rate_limited', 'degraded', 'rate_limited'],
    ['unauthenticated', 'unhealthy', 'credential_invalid'],
    ['permission_missing', 'unhealthy', 'scope_insufficient'],
    ['not_installed', 'unhealthy', 'not_found_or_hidden'],
    ['network', 'unhealthy', 'tcp_refused'],
    ['tls', 'unhealthy', 'tls_error'],
    ['timeout', 'unhealthy', 'timeout'],
    ['provider_unavailable', 'unhealthy', 'server_degraded'],
  ] as const)('simulates %s as %s, %s', async (failWith, status, code) => {
    expect(await run({ config: { failWith } })).toMatchObject({ status, code });
  });

  it('times out at a slow vendor', async () => {
    expect(await run({ config: { latencyMs: 60_000 }, timeoutMs: 20 })).toMatchObject({
      status: 'unhealthy',
      code: 'timeout',
    });
  });
});

interface Setup {
  readonly config?: Partial<InMemoryConfig>;
  readonly credential?: () => Promise<Secret>;
  readonly timeoutMs?: number;
}

function run({ config = {}, credential, timeoutMs = 5_000 }: Setup = {}) {
  const integration: IntegrationConfig<InMemoryConfig> = {
    integrationId: 'i-1',
    tenantId: 'default',
    endpoint: 'memory://local',
    config: Object.assign(new InMemoryConfig(), config),
  };
  const deps = {
    credential: { present: credential !== undefined, resolve: credential, forget: () => undefined },
    egress: { request: () => Promise.reject(new Error('in_memory has no business with the network')) },
    clock: { now: () => Date.now() },
  } as unknown as ProviderDeps;
  return probe(integration, deps, new Memory(), AbortSignal.timeout(timeoutMs));
}

import { AgentHeartbeat } from '@integrations/contracts';
import type { Heartbeats, IntegrationConfig, LastBeat, ProviderDeps } from '@integrations/provider-kit';
import { AgentConfig } from './config';
import { probe } from './probe';

const HOUR_MS = 3_600_000;

describe('The probe of agent', () => {
  it('is healthy while the last heartbeat is recent, and describes the host', async () => {
    const verdict = await run({ beat: heard({ ageMs: 79_999, clockSkewMs: -120 }) });

    expect(verdict).toMatchObject({
      status: 'healthy',
      code: 'ok',
      message: 'Connected as web-1.example',
      server: { product: 'Host agent on linux/amd64 6.1.0', version: '1.4.2' },
      principal: { id: 'web-1.example', kind: 'agent' },
      clockSkewMs: -120,
      warnings: [],
    });
    expect(verdict.stages.map(({ name }) => name)).toEqual(['identity']);
  });

  it.each([
    [30, 80_000, 'healthy'],
    [30, 80_001, 'unhealthy'],
    [5, 30_000, 'healthy'],
    [5, 30_001, 'unhealthy'],
    [3_600, 7_220_000, 'healthy'],
    [3_600, 7_220_001, 'unhealthy'],
  ])('allows an agent that reports every %i s a silence of two intervals and 20 s: %i ms', async (...given) => {
    const [intervalSeconds, ageMs, status] = given;
    expect(await run({ beat: heard({ ageMs }, { intervalSeconds }), heardForMs: 24 * HOUR_MS })).toMatchObject({
      status,
    });
  });

  it('reports how long an agent has been silent, and what to check', async () => {
    expect(await run({ beat: heard({ ageMs: 181_500 }) })).toMatchObject({
      status: 'unhealthy',
      code: 'agent_silent',
      message: 'Agent web-1 has not reported for 181 s, but should report every 30 s',
      remediation: expect.stringMatching(/check that it runs/),
    });
  });

  it('reports that no agent has ever reported under the id', async () => {
    expect(await run({ beat: null })).toMatchObject({
      status: 'unhealthy',
      code: 'agent_silent',
      message: 'No agent has reported as web-1',
    });
  });

  describe('does not blame the agent', () => {
    const unheard = { status: 'unknown', code: 'prober_error' };

    it('if the process does not listen to agents', async () => {
      expect(await run({ listening: false })).toMatchObject({
        ...unheard,
        message: 'This process does not listen for agents',
      });
    });

    it('while heartbeats cannot be received, unless the last one is recent', async () => {
      expect(await run({ beat: heard({ ageMs: 80_001 }), heardForMs: null })).toMatchObject(unheard);
      expect(await run({ beat: null, heardForMs: null })).toMatchObject(unheard);
      expect(await run({ beat: heard({ ageMs: 1_000 }), heardForMs: null })).toMatchObject({ status: 'healthy' });
    });

    it('before the process has listened as long as the agent may be silent', async () => {
      const silent = heard({ ageMs: HOUR_MS }, { intervalSeconds: 300 });
      expect(await run({ beat: silent, heardForMs: 619_999 })).toMatchObject({
        ...unheard,
        message: 'No heartbeat from agent web-1 yet: we have listened for 619 s, and an agent may be silent for 620 s',
      });
      expect(await run({ beat: silent, heardForMs: 620_000 })).toMatchObject({ code: 'agent_silent' });
      expect(await run({ beat: null, heardForMs: 79_999 })).toMatchObject(unheard);
      expect(await run({ beat: null, heardForMs: 80_000 })).toMatchObject({ code: 'agent_silent' });
    });
  });

  it('stays healthy with a clock more than a minute off, and warns of it', async () => {
    expect(await run({ beat: heard({ clockSkewMs: 90_000 }) })).toMatchObject({
      ...{ status: 'healthy', clockSkewMs: 90_000 },
      warnings: ['The clock of the service is 90 s ahead of ours'],
    });
  });

  it('is degraded if the agent is too old or its host lacks a required capability', async () => {
    const config = { minimumVersion: '1.5.0', requiredCapabilities: ['btf', 'lsm'] };
    expect(await run({ config })).toMatchObject({
      status: 'degraded',
      code: 'requirements_unmet',
      message: 'The agent is version 1.4.2, not 1.5.0 or newer, and lacks lsm',
      server: { version: '1.4.2' },
    });
  });
});

interface Setup {
  readonly beat?: LastBeat | null;
  readonly heardForMs?: number | null;
  readonly listening?: boolean;
  readonly config?: Partial<AgentConfig>;
}

function run({ beat = heard(), heardForMs = HOUR_MS, listening = true, config = {} }: Setup) {
  const integration: IntegrationConfig<AgentConfig> = {
    integrationId: 'i-1',
    tenantId: 'acme',
    endpoint: 'agent://heartbeats',
    config: Object.assign(new AgentConfig(), { agentId: 'web-1' }, config),
  };
  const heartbeats: Heartbeats = {
    latest: (agentId) => (agentId === 'web-1' ? beat : null),
    heardForMs: () => heardForMs,
  };
  const deps = {
    credential: { present: false },
    clock: { now: () => Date.now() },
    heartbeats: listening ? heartbeats : undefined,
  } as unknown as ProviderDeps;
  return probe(integration, deps, AbortSignal.timeout(60_000));
}

function heard(how: Partial<LastBeat> = {}, said: Partial<AgentHeartbeat> = {}): LastBeat {
  const beat = Object.assign(
    new AgentHeartbeat(),
    {
      sentAt: '2026-03-01T12:00:00Z',
      intervalSeconds: 30,
      agent: { version: '1.4.2' },
      host: { name: 'web-1.example', os: 'linux', arch: 'amd64', kernel: '6.1.0' },
      capabilities: ['btf'],
    },
    said,
  );
  return { beat, ageMs: 1_000, clockSkewMs: 0, ...how };
}

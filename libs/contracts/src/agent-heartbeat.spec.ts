import { AGENT_ID_PATTERN, AgentHeartbeat, agentHeartbeatSubject, silenceAllowedMs, validate } from './index';

const BEAT = {
  sentAt: '2026-03-01T12:00:00Z',
  intervalSeconds: 30,
  agent: { version: '1.4.2' },
  host: { name: 'web-1.example', os: 'linux', arch: 'amd64', kernel: '6.1.0-18-amd64' },
  capabilities: ['btf', 'cgroup2'],
};
const read = (beat: unknown) => validate(AgentHeartbeat, beat, { ignoreUnknown: true });

describe('AgentHeartbeat', () => {
  it.each([
    ['all fields', {}],
    ['no capabilities and no kernel', { capabilities: undefined, host: { ...BEAT.host, kernel: undefined } }],
    ["a time as Go's encoding/json writes it", { sentAt: '2026-03-01T13:00:00.123456789+01:00' }],
    ["a time as Python's isoformat writes it", { sentAt: '2026-03-01T12:00:00.123456+00:00' }],
    ['the shortest interval', { intervalSeconds: 5 }],
    ['the longest interval', { intervalSeconds: 3_600 }],
    ['a host name with non-ASCII letters', { host: { ...BEAT.host, name: 'büro-1' } }],
  ])('is accepted with %s', (_, changes) => {
    expect(read({ ...BEAT, ...changes })).toMatchObject({ ok: true });
  });

  it('ignores additional fields of a newer agent, at any depth', () => {
    const newer = { ...BEAT, load: 0.7, agent: { ...BEAT.agent, build: 'x' }, host: { ...BEAT.host, cpus: 8 } };
    const checked = read(newer);
    expect(
      checked.ok && { ...checked.value, agent: { ...checked.value.agent }, host: { ...checked.value.host } },
    ).toEqual(BEAT);
  });

  it.each<[string, object]>([
    ['sentAt', { sentAt: 1_772_366_400 }],
    ['sentAt', { sentAt: '2026-03-01 12:00:00' }],
    ['sentAt', { sentAt: undefined }],
    ['intervalSeconds', { intervalSeconds: 4 }],
    ['intervalSeconds', { intervalSeconds: 3_601 }],
    ['intervalSeconds', { intervalSeconds: '30' }],
    ['agent', { agent: '1.4.2' }],
    ['agent', { agent: undefined }],
    ['agent.version', { agent: { version: 'x'.repeat(101) } }],
    ['agent.version', { agent: {} }],
    ['host.name', { host: { ...BEAT.host, name: 'web\u0007' } }],
    ['host.name', { host: { ...BEAT.host, name: 'evil\u202egnp' } }],
    ['host.os', { host: { ...BEAT.host, os: '' } }],
    ['host.arch', { host: { ...BEAT.host, arch: 64 } }],
    ['host.kernel', { host: { ...BEAT.host, kernel: 'x'.repeat(129) } }],
    ['capabilities', { capabilities: ['BTF'] }],
    ['capabilities', { capabilities: ['btf', 'btf'] }],
    ['capabilities', { capabilities: Array.from({ length: 33 }, (_, n) => `c${n}`) }],
    ['capabilities', { capabilities: 'btf' }],
  ])('is refused for a wrong %s: %j', (field, changes) => {
    const checked = read({ ...BEAT, ...changes });
    expect(checked.ok ? [] : checked.errors.map((error) => error.field)).toContain(field);
  });

  it('is published on a subject of four fixed tokens, a tenant and an agent', () => {
    expect(agentHeartbeatSubject('acme', 'web-1')).toBe('integrations.v1.agent.acme.web-1.heartbeat');
    for (const id of ['web-1', '0b1c', 'A_b', 'x'.repeat(63)]) expect(id).toMatch(AGENT_ID_PATTERN);
    for (const id of ['', '-a', 'web.1', '*', '>', 'a b', 'x'.repeat(64)]) expect(id).not.toMatch(AGENT_ID_PATTERN);
  });

  it('may be overdue by two intervals and 20 s', () => {
    expect(silenceAllowedMs(30)).toBe(80_000);
  });
});

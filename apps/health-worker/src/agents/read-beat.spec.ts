import { agentHeartbeatSubject } from '@integrations/contracts';
import { agentOf, readBeat, type TakenBeat } from './read-beat';

const BEAT = {
  sentAt: '2026-03-01T12:00:00Z',
  intervalSeconds: 30,
  agent: { version: '1.4.2' },
  host: { name: 'web-1', os: 'linux', arch: 'amd64' },
};
const read = (value: unknown, before: TakenBeat | null = null) =>
  readBeat({ json: () => ({ ok: true, value }) }, before);
const taken = (value: unknown, before: TakenBeat | null = null): TakenBeat => {
  const beat = read(value, before);
  if ('outcome' in beat) throw new Error(beat.reason);
  return beat;
};

describe('agentOf', () => {
  it('reads tenant and agent from the subject', () => {
    expect(agentOf(agentHeartbeatSubject('acme', 'web-1'))).toEqual({ tenantId: 'acme', agentId: 'web-1' });
  });

  it.each(['Acme.web-1', 'acme.wéb', 'acme.-', `acme.${'x'.repeat(64)}`])('rejects the name %s', (whose) => {
    expect(agentOf(`integrations.v1.agent.${whose}.heartbeat`)).toBeNull();
  });
});

describe('readBeat', () => {
  it('reads the known fields of a beat', () => {
    const { beat } = taken({ ...BEAT, uptime: 7 });
    expect({ ...beat, agent: { ...beat.agent }, host: { ...beat.host } }).toEqual({ ...BEAT, capabilities: [] });
  });

  it('says what is wrong without any value that was sent', () => {
    const bad = read({ ...BEAT, host: { ...BEAT.host, os: 'secret\u0007word' }, sentAt: 'secretword' });
    expect(bad).toMatchObject({ outcome: 'invalid', reason: expect.stringMatching(/^sentAt: .* more\)$/) });
    expect(JSON.stringify(bad)).not.toContain('word');
    for (const value of [[BEAT], [], 7, 'beat', null]) expect(read(value)).toMatchObject({ outcome: 'invalid' });
    const body = { ok: false, message: 'must be valid JSON' } as const;
    expect(readBeat({ json: () => body }, null)).toEqual({ outcome: 'not_json', reason: 'must be valid JSON' });
  });

  it('keeps the unknown fields of a beat as a digest, however large they are', () => {
    expect(taken({ ...BEAT, uptime: 'x'.repeat(8_000) }).facts).toHaveLength(43);
  });

  it('does not validate again what an agent sent before, but everything else', () => {
    const before = taken(BEAT);
    const later = taken({ ...BEAT, sentAt: '2026-03-01T12:00:30Z' }, before);
    expect(later).toEqual({ facts: before.facts, beat: { ...before.beat, sentAt: '2026-03-01T12:00:30Z' } });
    expect(later.beat.host).toBe(before.beat.host);
    expect(before.beat.sentAt).toBe(BEAT.sentAt);

    const moved = { ...BEAT, host: { ...BEAT.host, name: 'web-9' } };
    expect(taken(moved, before).beat.host.name).toBe('web-9');
    for (const wrong of [{ sentAt: 'now' }, { sentAt: undefined }, { intervalSeconds: 1 }, { host: {} }]) {
      expect(read({ ...BEAT, ...wrong }, before)).toMatchObject({ outcome: 'invalid' });
    }
  });
});

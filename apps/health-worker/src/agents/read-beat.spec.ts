import { agentHeartbeatSubject } from '@integrations/contracts';
import { readBeat } from './read-beat';

const BEAT = {
  sentAt: '2026-03-01T12:00:00Z',
  intervalSeconds: 30,
  agent: { version: '1.4.2' },
  host: { name: 'web-1', os: 'linux', arch: 'amd64' },
};
const read = (value: unknown, subject = agentHeartbeatSubject('acme', 'web-1')) =>
  readBeat({ subject, json: () => ({ ok: true, value }) });

describe('readBeat', () => {
  it('reads whose beat it is from the subject, and what it says from the body', () => {
    expect(read({ ...BEAT, uptime: 7 })).toMatchObject({
      ...{ ok: true, tenantId: 'acme', agentId: 'web-1' },
      beat: { intervalSeconds: 30, capabilities: [] },
    });
  });

  it('says what is wrong without a value of what was sent', () => {
    const bad = read({ ...BEAT, host: { ...BEAT.host, os: 'secret\u0000word' }, sentAt: 'secretword' });
    expect(bad).toMatchObject({ ok: false, outcome: 'invalid' });
    expect(JSON.stringify(bad)).not.toContain('word');
    expect(read([BEAT])).toMatchObject({ ok: false, outcome: 'invalid' });
    const body = { ok: false, message: 'must be valid JSON' } as const;
    expect(readBeat({ subject: agentHeartbeatSubject('acme', 'web-1'), json: () => body })).toEqual({
      ...{ ok: false, outcome: 'not_json', reason: 'must be valid JSON' },
    });
  });

  it.each(['Acme.web-1', 'acme.wéb', 'acme.-', `acme.${'x'.repeat(64)}`])('takes nothing from %s', (whose) => {
    expect(read(BEAT, `integrations.v1.agent.${whose}.heartbeat`)).toMatchObject({ ok: false, outcome: 'bad_subject' });
  });
});

import type { ProbeVerdict } from '@integrations/contracts';
import { credentialEvents, type Finding, keepCredential } from './credential-events';

const DAY_MS = 86_400_000;
const EXPIRES_AT = '2026-06-30T00:00:00.000Z';

function found(overrides: Partial<ProbeVerdict>, checkedAt = new Date('2026-01-01')): Finding {
  const verdict: ProbeVerdict = {
    status: 'healthy',
    code: 'ok',
    message: 'fine',
    remediation: '',
    stages: [],
    latencyMs: 1,
    checkedAt: checkedAt.toISOString(),
    warnings: [],
    ...overrides,
  };
  return { verdict, checkedAt };
}

function daysBefore(days: number): Finding {
  return found({ credential: { expiresAt: EXPIRES_AT } }, new Date(Date.parse(EXPIRES_AT) - days * DAY_MS));
}

describe('credential events', () => {
  it('report a new version, but not the first one', () => {
    const [one, two] = [found({ credential: { version: '1' } }), found({ credential: { version: '2' } })];
    expect(credentialEvents(null, one)).toEqual([]);
    expect(credentialEvents(one, one)).toEqual([]);
    expect(credentialEvents(one, two)).toEqual([
      { event: 'credential_rotated', data: { fromVersion: '1', toVersion: '2' } },
    ]);
    expect(credentialEvents(one, found({}))).toEqual([]);
  });

  it('warn of the expiry 14, 7, 3 and 1 days ahead and when it has come, once each', () => {
    const told: number[] = [];
    let before: Finding | null = null;
    for (let hours = 20 * 24; hours >= -48; hours -= 6) {
      const now = daysBefore(hours / 24);
      const events = credentialEvents(before, now);
      told.push(...events.map(({ data }) => (data as { daysLeft: number }).daysLeft));
      before = now;
    }
    expect(told).toEqual([14, 7, 3, 1, 0]);
  });

  it.each([
    ['later', '2026-07-05T00:00:00.000Z', 5],
    ['as soon', '2026-06-30T06:00:00.000Z', 0],
  ])('is told again when the credential was renewed and ends once more, %s', (_when, expiresAt, daysLeft) => {
    const renewed = found({ credential: { expiresAt } }, daysBefore(0.5).checkedAt);
    expect(credentialEvents(daysBefore(0.6), renewed)).toMatchObject([
      { event: 'credential_expiring', data: { expiresAt, daysLeft } },
    ]);
  });

  describe('across probes that end too early to tell', () => {
    const down = { status: 'unhealthy', code: 'tcp_refused' } as const;
    const kept = (before: Finding | null, now: Finding) => ({ ...now, verdict: keepCredential(before, now.verdict) });

    /** The events about findings that follow each other. */
    function toldOf(findings: readonly Finding[]) {
      let before: Finding | null = null;
      return findings.flatMap((finding) => {
        const now = kept(before, finding);
        const events = credentialEvents(before, now);
        before = now;
        return events.map(({ event, data }) => ({ event, ...data }));
      });
    }

    it.each([down, { status: 'degraded', code: 'rate_limited' } as const])(
      'still warn of the expiry once at each threshold: $code',
      (verdict) => {
        const away = (days: number) => found(verdict, daysBefore(days).checkedAt);
        const told = toldOf([daysBefore(15), daysBefore(13), away(12.9), daysBefore(12.8), away(6.9), daysBefore(6.8)]);
        expect(told).toMatchObject([{ daysLeft: 13 }, { daysLeft: 6 }]);
      },
    );

    it('report that the credential has expired, although a vendor that refuses it no longer says when', () => {
      const refused = (days: number) =>
        found({ status: 'unhealthy', code: 'credential_invalid' }, daysBefore(days).checkedAt);
      expect(toldOf([daysBefore(0.5), refused(-0.5), refused(-0.6)])).toMatchObject([{ daysLeft: 0 }, { daysLeft: 0 }]);
    });

    it('report a new version after a time without any', () => {
      const gone = found({ status: 'unknown', code: 'secret_unresolvable', message: 'no such secret' });
      const ofVersion = (version: string) => found({ credential: { version } });
      expect(toldOf([ofVersion('1'), gone, gone, ofVersion('2')])).toEqual([
        { event: 'credential_unresolvable', reason: 'no such secret' },
        { event: 'credential_rotated', fromVersion: '1', toVersion: '2' },
      ]);
    });

    it('do not carry an expiry over to another version, or to a working one that does not expire', () => {
      const one = found({ credential: { version: '1', expiresAt: EXPIRES_AT } });
      expect(keepCredential(one, found({ ...down, credential: { version: '2' } }).verdict).credential).toEqual({
        version: '2',
      });
      expect(keepCredential(one, found({ credential: { version: '1' } }).verdict).credential).toEqual({ version: '1' });
      expect(keepCredential(one, found({ ...down, credential: { version: '1' } }).verdict).credential).toEqual(
        one.verdict.credential,
      );
    });
  });

  it('report once that the secret is gone', () => {
    const gone = found({ status: 'unknown', code: 'secret_unresolvable', message: 'no such secret' });
    expect(credentialEvents(found({}), gone)).toEqual([
      { event: 'credential_unresolvable', data: { reason: 'no such secret' } },
    ]);
    expect(credentialEvents(gone, gone)).toEqual([]);
  });
});

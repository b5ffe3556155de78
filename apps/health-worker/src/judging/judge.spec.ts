import type { HealthStatus, ProbeCode, ProbeVerdict } from '@integrations/contracts';
import fc from 'fast-check';
import { judge, type Judgement, type Step } from './judge';

const T0 = Date.UTC(2026, 0, 1);

function verdict(status: HealthStatus, code: ProbeCode): ProbeVerdict {
  return {
    status,
    code,
    message: code,
    remediation: '',
    stages: [],
    latencyMs: 1,
    checkedAt: new Date(T0).toISOString(),
    warnings: [],
  };
}

const OK = verdict('healthy', 'ok');
const DOWN = verdict('unhealthy', 'tcp_refused');
const REFUSED = verdict('unhealthy', 'credential_invalid');
const NO_SECRET = verdict('unknown', 'secret_unresolvable');
const NARROW = verdict('degraded', 'scope_insufficient');
const LIMITED = verdict('degraded', 'rate_limited');
const OURS = verdict('unknown', 'prober_error');

/** Judges the verdicts one after the other, a minute apart. */
function after(...verdicts: ProbeVerdict[]): Step {
  let step: Step | null = null;
  verdicts.forEach((next, minute) => {
    step = judge(step?.judgement ?? null, next, new Date(T0 + minute * 60_000));
  });
  return step!;
}

describe('judging', () => {
  it.each([
    [OK, 'healthy'],
    [DOWN, 'unhealthy'],
    [REFUSED, 'unhealthy'],
    [NARROW, 'degraded'],
    [LIMITED, 'degraded'],
  ])('lets the first result decide', (first, status) => {
    const { judgement, turnedFrom } = after(first);
    expect(judgement.status).toBe(status);
    expect(turnedFrom).toBe('unknown');
  });

  it('takes three failures in a row to become unhealthy, looking again soon meanwhile', () => {
    expect(after(OK, DOWN)).toMatchObject({ judgement: { status: 'healthy', failures: 1 }, recheck: 'edge' });
    expect(after(OK, DOWN, DOWN)).toMatchObject({ judgement: { status: 'healthy', failures: 2 }, recheck: 'edge' });
    expect(after(OK, DOWN, DOWN, DOWN)).toMatchObject({
      judgement: { status: 'unhealthy', code: 'tcp_refused', failures: 3 },
      turnedFrom: 'healthy',
      recheck: 'regular',
    });
  });

  it('starts counting failures anew after a success', () => {
    expect(after(OK, DOWN, DOWN, OK, DOWN, DOWN).judgement.status).toBe('healthy');
  });

  it('takes two successes in a row to become healthy again', () => {
    expect(after(DOWN, OK)).toMatchObject({ judgement: { status: 'unhealthy', successes: 1 }, recheck: 'edge' });
    expect(after(DOWN, OK, OK)).toMatchObject({ judgement: { status: 'healthy' }, turnedFrom: 'unhealthy' });
    expect(after(DOWN, OK, DOWN, OK).judgement.status).toBe('unhealthy');
  });

  it('takes two refusals of the credential to become unhealthy, and then stops sending it', () => {
    expect(after(OK, REFUSED)).toMatchObject({ judgement: { status: 'healthy' }, recheck: 'edge' });
    expect(after(OK, REFUSED, REFUSED)).toMatchObject({ judgement: { status: 'unhealthy' }, recheck: 'suspended' });
    expect(after(REFUSED)).toMatchObject({ judgement: { status: 'unhealthy' }, recheck: 'edge' });
  });

  it('counts a secret that cannot be resolved as a failure of the credential', () => {
    expect(after(OK, NO_SECRET, NO_SECRET)).toMatchObject({
      judgement: { status: 'unhealthy', code: 'secret_unresolvable' },
      recheck: 'suspended',
    });
  });

  it('degrades at once when permissions are missing, and tells of it once', () => {
    expect(after(OK, NARROW)).toMatchObject({ judgement: { status: 'degraded' }, turnedFrom: 'healthy' });
    expect(after(OK, NARROW, NARROW).turnedFrom).toBeNull();
  });

  it('never counts a rate limit as a failure', () => {
    expect(after(OK, ...Array<ProbeVerdict>(20).fill(LIMITED)).judgement).toMatchObject({
      status: 'degraded',
      failures: 0,
    });
    expect(after(OK, DOWN, DOWN, LIMITED, DOWN).judgement.status).toBe('degraded');
  });

  it('changes nothing when the prober itself is in trouble', () => {
    const before = after(OK, DOWN, DOWN).judgement;
    expect(judge(before, OURS, new Date())).toMatchObject({ judgement: before, turnedFrom: null });
    expect(after(OURS)).toMatchObject({ judgement: { status: 'unknown' }, turnedFrom: null });
    expect(after(OURS, OK)).toMatchObject({ judgement: { status: 'healthy' }, turnedFrom: 'unknown' });
  });

  it('keeps the time at which a status began', () => {
    expect(after(OK, OK, DOWN, OK).judgement.since).toEqual(new Date(T0));
    expect(after(OK, DOWN, DOWN, DOWN, DOWN).judgement.since).toEqual(new Date(T0 + 3 * 60_000));
  });

  it('holds for any series of verdicts: events are turns, streaks exclude each other, unknown never returns', () => {
    const any = fc.constantFrom(OK, DOWN, REFUSED, NO_SECRET, NARROW, LIMITED, OURS);
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (series) => {
        let before: Judgement | null = null;
        series.forEach((next, minute) => {
          const step: Step = judge(before, next, new Date(T0 + minute * 60_000));
          const from: HealthStatus = before?.status ?? 'unknown';
          expect(step.turnedFrom).toBe(step.judgement.status === from ? null : from);
          expect(Math.min(step.judgement.failures, step.judgement.successes)).toBe(0);
          if (from !== 'unknown') expect(step.judgement.status).not.toBe('unknown');
          before = step.judgement;
        });
      }),
    );
  });
});

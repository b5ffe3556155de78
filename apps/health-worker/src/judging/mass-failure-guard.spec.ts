import type { HealthStatus, ProbeVerdict } from '@integrations/contracts';
import fc from 'fast-check';
import { MassFailureGuard } from './mass-failure-guard';

const T0 = Date.UTC(2026, 0, 1);
const GOOD = { status: 'healthy', code: 'ok' } as ProbeVerdict;
const BAD = { status: 'unhealthy', code: 'tcp_timeout' } as ProbeVerdict;
const OURS = { status: 'unknown', code: 'prober_error' } as ProbeVerdict;

const at = (seconds: number) => new Date(T0 + seconds * 1_000);

/** Results of the hosts from `from` up to, but without, `to`, at that second. */
function see(
  guard: MassFailureGuard,
  [from, to]: readonly [number, number],
  verdict: ProbeVerdict,
  second: number,
  settled: HealthStatus | null = 'healthy',
): MassFailureGuard {
  for (let n = from; n < to; n++) guard.observe(`host${n}`, settled && { settled }, verdict, at(second));
  guard.decide(at(second));
  return guard;
}

const guardOf = () => new MassFailureGuard('worker');

describe('the guard against trouble of our own', () => {
  it('stops judging when more than 30 % of at least 20 hosts turn bad within one interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (good, bad) => {
        const guard = see(see(guardOf(), [0, good], GOOD, 0), [good, good + bad], BAD, 30);
        expect(guard.frozen).toBe(good + bad >= 20 && bad / (good + bad) > 0.3);
      }),
    );
  });

  it('counts a host once, by its last result', () => {
    const guard = see(guardOf(), [0, 30], GOOD, 0);
    for (let second = 1; second < 20; second++) see(guard, [0, 9], BAD, second);
    expect(guard.frozen).toBe(false);
    expect(see(guard, [0, 10], BAD, 20).frozen).toBe(true);
    expect(see(see(guardOf(), [0, 30], GOOD, 0), [0, 10], BAD, 0).frozen).toBe(true);
  });

  it('counts hosts that answer, including new ones, until they are known to be bad', () => {
    const guard = see(see(guardOf(), [0, 50], GOOD, 0, null), [0, 25], BAD, 1, 'unhealthy');
    expect(see(guard, [25, 32], BAD, 2).frozen).toBe(false);
    expect(see(guard, [32, 33], BAD, 3).frozen).toBe(true);
  });

  it('looks at the last minute if that has enough hosts, so that it acts before three failures in a row', () => {
    const guard = guardOf();
    // Three hundred hosts, each probed every five minutes; then all of them fail.
    for (let second = 0; second < 300; second++) see(guard, [second, second + 1], GOOD, second);
    let failed = 1;
    while (!see(guard, [failed - 1, failed], BAD, 299 + failed).frozen) failed += 1;
    expect(failed).toBe(19);
  });

  it('looks at five minutes if a minute has too few hosts', () => {
    const guard = guardOf();
    for (let n = 0; n < 25; n++) see(guard, [n, n + 1], n < 15 ? GOOD : BAD, n * 10);
    expect(guard.frozen).toBe(true);
  });

  it.each<[string, ProbeVerdict, HealthStatus | null]>([
    ['that are known to be bad', BAD, 'unhealthy'],
    ['that never were good', BAD, null],
    ['that were never judged', BAD, 'unknown'],
    ['that could not be checked', OURS, 'healthy'],
  ])('does not count hosts %s', (_which, verdict, settled) => {
    expect(see(see(guardOf(), [0, 20], GOOD, 0), [20, 60], verdict, 1, settled).frozen).toBe(false);
  });

  it('judges again when at most half that share is bad, but not within a minute', () => {
    const guard = see(guardOf(), [0, 30], BAD, 0);
    expect(see(guard, [0, 30], GOOD, 30).frozen).toBe(true);
    expect(see(guard, [0, 30], GOOD, 61).frozen).toBe(false);
    expect(see(see(guardOf(), [0, 30], BAD, 0), [0, 25], GOOD, 50).frozen).toBe(true);
    const partly = see(see(guardOf(), [0, 40], BAD, 0), [0, 40], BAD, 61);
    expect(see(partly, [0, 30], GOOD, 62).frozen).toBe(true);
    expect(see(partly, [30, 34], GOOD, 63).frozen).toBe(false);
  });

  it('reports each change until its event is certain to be published, then no more', () => {
    const guard = see(guardOf(), [0, 30], BAD, 0);
    const data = { worker: 'worker', hosts: 30, turnedBad: 30, since: at(0).toISOString() };
    expect(guard.unpublished(at(1))).toEqual({ event: 'prober_degraded', data });
    guard.published(guard.unpublished(at(2))!);
    expect(guard.unpublished(at(3))).toBeNull();

    see(guard, [0, 30], GOOD, 61);
    const recovered = { worker: 'worker', since: at(0).toISOString(), until: at(62).toISOString() };
    expect(guard.unpublished(at(62))).toEqual({ event: 'prober_recovered', data: recovered });
    guard.published(guard.unpublished(at(62))!);
    expect(guard.unpublished(at(63))).toBeNull();
  });
});

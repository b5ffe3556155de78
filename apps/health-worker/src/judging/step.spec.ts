import type { HealthStatus, ProbeCode, ProbeVerdict } from '@integrations/contracts';
import fc from 'fast-check';
import { type Believed, isRecovery, type Step, step, unjudged } from './step';

const T0 = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

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
const LAME = verdict('degraded', 'server_degraded');
const OURS = verdict('unknown', 'prober_error');

const ANY = fc.constantFrom(OK, DOWN, REFUSED, NO_SECRET, NARROW, LIMITED, OURS);

/** One step, and the input of the next. */
interface Stepped extends Step {
  readonly believed: Believed;
}

function next(before: Believed | null, given: ProbeVerdict, at: number): Stepped {
  const stepped = step(before, given, new Date(at));
  // As the recorder stores it: a verdict that the prober could not reach leaves the last one in place.
  const kept = given.code === 'prober_error' && before ? before.verdict : given;
  return { ...stepped, believed: { ...stepped.judgement, verdict: kept } };
}

/** All steps of a series of verdicts, a minute apart. */
function steps(series: readonly ProbeVerdict[], everyMs = MINUTE): Stepped[] {
  const taken: Stepped[] = [];
  series.forEach((given, index) => taken.push(next(taken.at(-1)?.believed ?? null, given, T0 + index * everyMs)));
  return taken;
}

function after(...series: ProbeVerdict[]): Stepped {
  return steps(series).at(-1)!;
}

function repeated(times: number, ...series: ProbeVerdict[]): ProbeVerdict[] {
  return Array.from({ length: times }, () => series).flat();
}

describe('judging', () => {
  it.each([
    [OK, 'healthy'],
    [DOWN, 'unhealthy'],
    [REFUSED, 'unhealthy'],
    [NARROW, 'degraded'],
    [LIMITED, 'degraded'],
  ])('lets the first result decide', (first, status) => {
    expect(after(first)).toMatchObject({ judgement: { status }, turn: { from: 'unknown', to: status } });
  });

  it('takes three failures in a row to become unhealthy, and probes soon in between', () => {
    expect(after(OK, DOWN)).toMatchObject({ judgement: { status: 'healthy', failures: 1 }, recheck: 'edge' });
    expect(after(OK, DOWN, DOWN)).toMatchObject({ judgement: { status: 'healthy', code: 'ok' }, recheck: 'edge' });
    expect(after(OK, DOWN, DOWN, DOWN)).toMatchObject({
      judgement: { status: 'unhealthy', code: 'tcp_refused', failures: 3 },
      turn: { from: 'healthy', to: 'unhealthy', flapping: false },
      recheck: 'regular',
    });
  });

  it('starts counting failures again after a success', () => {
    expect(after(OK, DOWN, DOWN, OK, DOWN, DOWN).judgement.status).toBe('healthy');
  });

  it('takes two successes in a row to become healthy again', () => {
    expect(after(DOWN, OK)).toMatchObject({ judgement: { status: 'unhealthy', successes: 1 }, recheck: 'edge' });
    expect(after(DOWN, OK, OK)).toMatchObject({ judgement: { status: 'healthy' }, turn: { from: 'unhealthy' } });
    expect(after(DOWN, OK, DOWN, OK).judgement.status).toBe('unhealthy');
    expect(after(LIMITED, OK)).toMatchObject({
      judgement: { status: 'degraded', code: 'rate_limited' },
      recheck: 'edge',
    });
  });

  it('gives the latest reason of a status that stays bad, and does not hurry to probe again', () => {
    expect(after(NO_SECRET, DOWN)).toMatchObject({ judgement: { code: 'tcp_refused' }, recheck: 'regular' });
    expect(after(LIMITED, NARROW)).toMatchObject({ judgement: { code: 'scope_insufficient' }, recheck: 'regular' });
    expect(after(DOWN, REFUSED)).toMatchObject({ judgement: { code: 'credential_invalid' }, recheck: 'edge' });
  });

  it.each<ProbeCode>(['credential_missing', 'credential_invalid', 'credential_expired', 'credential_disabled'])(
    'takes two refusals in a row to become unhealthy, and then does not send the credential again: %s',
    (code) => {
      const refused = verdict('unhealthy', code);
      expect(after(OK, refused)).toMatchObject({ judgement: { status: 'healthy' }, recheck: 'edge' });
      expect(after(OK, refused, refused)).toMatchObject({ judgement: { status: 'unhealthy' }, recheck: 'refused' });
      expect(after(refused)).toMatchObject({ judgement: { status: 'unhealthy' }, recheck: 'edge' });
    },
  );

  it('does not take one refusal after a failure of another kind for two refusals', () => {
    expect(after(OK, DOWN, REFUSED)).toMatchObject({ judgement: { status: 'healthy' }, recheck: 'edge' });
    expect(after(OK, DOWN, DOWN, REFUSED)).toMatchObject({ judgement: { status: 'unhealthy' }, recheck: 'edge' });
    expect(after(OK, REFUSED, OK, REFUSED)).toMatchObject({ judgement: { status: 'healthy' } });
  });

  it('counts an unresolvable secret as a failure of the credential, and keeps trying to resolve it', () => {
    expect(after(OK, NO_SECRET, NO_SECRET)).toMatchObject({
      judgement: { status: 'unhealthy', code: 'secret_unresolvable' },
      recheck: 'regular',
    });
  });

  it('degrades at once when permissions are missing, and reports it once', () => {
    expect(after(OK, NARROW)).toMatchObject({ judgement: { status: 'degraded' }, turn: { from: 'healthy' } });
    expect(after(OK, NARROW, NARROW).turn).toBeNull();
  });

  it('never counts a rate limit as a failure', () => {
    expect(after(OK, LIMITED).judgement).toMatchObject({ status: 'degraded', code: 'rate_limited' });
    expect(after(OK, ...repeated(20, LIMITED)).judgement).toMatchObject({ status: 'degraded', failures: 0 });
    expect(after(OK, DOWN, DOWN, LIMITED, DOWN).judgement.status).toBe('degraded');
  });

  it('changes nothing when the prober itself is in trouble', () => {
    const before = after(OK, DOWN, DOWN);
    expect(after(OK, DOWN, DOWN, OURS)).toMatchObject({ judgement: before.judgement, turn: null, recheck: 'regular' });
    expect(after(OURS)).toMatchObject({ judgement: { status: 'unknown' }, turn: null });
    expect(after(OURS, OK)).toMatchObject({ judgement: { status: 'healthy', turns: [] }, turn: { from: 'unknown' } });
    expect(after(OURS, DOWN)).toMatchObject({ judgement: { status: 'unhealthy' }, turn: { from: 'unknown' } });
  });

  it('recognises the recovery of a service that was down or unreachable, and no other change', () => {
    const isBack = (...series: ProbeVerdict[]) => {
      const [before, { turn }] = steps(series).slice(-2) as [Stepped, Stepped];
      return turn && isRecovery(before.believed, turn);
    };
    expect(isBack(DOWN, OK, OK)).toBe(true);
    expect(isBack(DOWN, LIMITED)).toBe(true);
    expect(isBack(DOWN, OK)).toBeNull();
    expect(isBack(REFUSED, OK, OK)).toBe(false);
    expect(isBack(OK, DOWN, LIMITED)).toBe(false);
    expect(isBack(LAME, OK)).toBe(false);
  });

  it('keeps the time at which a status began', () => {
    expect(after(OK, OK, DOWN, OK).judgement.since).toEqual(new Date(T0));
    expect(after(OK, DOWN, DOWN, DOWN, DOWN).judgement.since).toEqual(new Date(T0 + 3 * MINUTE));
  });
});

describe('a status that changes too often', () => {
  const TURNING = [OK, ...repeated(5, LIMITED, OK, OK)];

  it('flaps from its fifth change within half an hour: held at degraded, reported once', () => {
    const taken = steps(TURNING);
    const begun = taken.findIndex(({ judgement }) => judgement.flapping);
    const told = taken.slice(begun).flatMap(({ turn }) => turn ?? []);
    expect(told).toEqual([expect.objectContaining({ to: 'degraded', flapping: true })]);
    expect(taken.slice(begun).every(({ judgement }) => judgement.status === 'degraded')).toBe(true);
    expect(taken.slice(0, begun).flatMap(({ turn }) => turn ?? [])).toHaveLength(1 + 4);
  });

  it('is the settled one after half an hour without a change, and that is reported', () => {
    const taken = steps([...TURNING, ...repeated(40, OK)]);
    const calmed = taken.findLast(({ turn }) => turn?.from === 'degraded' && turn.to === 'healthy' && !turn.flapping);
    const last = taken.findLast(({ judgement }) => judgement.flapping)!;
    expect(taken.at(-1)!.judgement).toMatchObject({ status: 'healthy', flapping: false, turns: [] });
    expect(last.judgement.turns.length).toBeGreaterThan(0);
    expect(calmed!.judgement.since.getTime() - last.judgement.turns.at(-1)!.getTime()).toBe(30 * MINUTE);
  });

  it('does not flap when its changes are far apart', () => {
    const taken = steps(repeated(20, LIMITED, OK, OK), 10 * MINUTE);
    expect(taken.some(({ judgement }) => judgement.flapping)).toBe(false);
  });

  it('is reported as flapping if it was already degraded', () => {
    const { turn } = after(LIMITED, ...repeated(2, OK, OK, LIMITED), OK, OK);
    expect(turn).toEqual({ from: 'degraded', to: 'degraded', flapping: true });
  });

  it('is not probed sooner for it, nor with a credential that was refused twice', () => {
    const flapping = steps(TURNING).findLast(({ judgement }) => judgement.flapping)!.believed;
    expect(next(flapping, DOWN, T0 + 16 * MINUTE).recheck).toBe('regular');
    const once = next(flapping, REFUSED, T0 + 16 * MINUTE);
    expect(once.recheck).toBe('regular');
    const twice = next(once.believed, REFUSED, T0 + 17 * MINUTE);
    expect(twice).toMatchObject({ judgement: { flapping: true }, recheck: 'refused' });
  });
});

describe('a verdict that is not judged', () => {
  it.each<[string, ProbeVerdict, ProbeVerdict, Step['recheck']]>([
    ['and a credential that is refused again is not sent again', REFUSED, REFUSED, 'refused'],
    ['nor one that could not be found before', NO_SECRET, REFUSED, 'refused'],
    ['and one that is refused once is', OK, REFUSED, 'regular'],
    ['and one that is not found at all cannot be', REFUSED, NO_SECRET, 'regular'],
    ['and a failure of another kind tells nothing of it', REFUSED, DOWN, 'regular'],
  ])('turns nothing and counts nothing, %s', (_, first, second, recheck) => {
    const { believed } = after(OK, first);
    expect(unjudged(believed, second, new Date(T0 + 9 * MINUTE))).toEqual({ judgement: believed, turn: null, recheck });
  });

  it('is not the first of two refusals that change the status', () => {
    const { believed } = after(OK);
    const { judgement, recheck } = next({ ...believed, verdict: REFUSED }, REFUSED, T0 + MINUTE);
    expect({ judgement, recheck }).toMatchObject({ judgement: { status: 'healthy', failures: 1 }, recheck: 'edge' });
  });
});

describe('for any series of verdicts', () => {
  const series = fc.array(ANY, { maxLength: 80 });
  const everyMs = fc.constantFrom(10_000, MINUTE, 10 * MINUTE);

  function holds(property: (taken: readonly Stepped[], given: readonly ProbeVerdict[], everyMs: number) => void): void {
    fc.assert(fc.property(series, everyMs, (given, ms) => property(steps(given, ms), given, ms)));
  }

  it('reports each change of status or flapping, and nothing else', () => {
    holds((taken) => {
      taken.forEach(({ judgement, turn }, index) => {
        const before = taken[index - 1]?.judgement ?? { status: 'unknown', flapping: false };
        const { status: to, flapping } = judgement;
        const same = before.status === to && before.flapping === flapping;
        expect(turn).toEqual(same ? null : { from: before.status, to, flapping });
      });
    });
  });

  it('streaks exclude each other, and a known status never becomes unknown', () => {
    holds((taken) => {
      taken.forEach(({ judgement: { failures, successes, status } }, index) => {
        expect(Math.min(failures, successes)).toBe(0);
        if (index > 0 && taken[index - 1]!.judgement.status !== 'unknown') expect(status).not.toBe('unknown');
      });
    });
  });

  it('a working connection becomes unhealthy only after three failures, or two over the credential, in a row', () => {
    holds((taken, given) => {
      taken.forEach(({ judgement: { settled } }, index) => {
        const before = taken[index - 1]?.judgement.settled;
        if (settled !== 'unhealthy' || before === undefined || before === 'unhealthy' || before === 'unknown') return;
        const streak = given.slice(0, index + 1).filter(({ code }) => code !== 'prober_error');
        const [third, second, last] = streak.slice(-3).map(({ code }) => code);
        const ofCredential = [second, last].every((code) => code === REFUSED.code || code === NO_SECRET.code);
        const failed = [third, second, last].every((code) => [DOWN, REFUSED, NO_SECRET].some((v) => v.code === code));
        expect(ofCredential || failed).toBe(true);
      });
    });
  });

  it('trouble of the prober and rate limits make nothing unhealthy, wherever they occur', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(OK, NARROW, LIMITED, OURS), { maxLength: 80 }), (given) => {
        expect(
          steps(given).every(({ judgement: { status, failures } }) => status !== 'unhealthy' && failures === 0),
        ).toBe(true);
      }),
    );
  });

  it('leaving out verdicts that the prober could not reach does not change the outcome', () => {
    holds((taken, given, ms) => {
      const checked = given.flatMap((one, index) => (one.code === 'prober_error' ? [] : [{ one, index }]));
      let believed: Believed | null = null;
      for (const { one, index } of checked) believed = next(believed, one, T0 + index * ms).believed;
      const last = taken.findLast((_, index) => given[index]!.code !== 'prober_error');
      // The first row of an integration that could not be checked says since when that has been so.
      if (given[0]?.code === 'prober_error') return;
      expect(believed).toEqual(last?.believed ?? null);
    });
  });

  it('a flapping status is degraded, changed five times in half an hour, and has not been calm for one since', () => {
    holds((taken, _, ms) => {
      taken.forEach(({ judgement: { flapping, status, settled, turns } }, index) => {
        if (!flapping) {
          expect(status).toBe(settled);
          return;
        }
        expect(status).toBe('degraded');
        const now = T0 + index * ms;
        expect(now - turns.at(-1)!.getTime()).toBeLessThan(30 * MINUTE);
        if (!taken[index - 1]!.judgement.flapping) expect(turns).toHaveLength(5);
      });
    });
  });

  it('a refused credential is left alone exactly when it was refused twice in a row and the status says so', () => {
    holds((taken, given) => {
      taken.forEach(({ recheck, judgement }, index) => {
        if (recheck !== 'refused') return;
        expect(judgement.settled).toBe('unhealthy');
        expect(given[index]!.code).toBe(REFUSED.code);
        const before = given.slice(0, index).findLast(({ code }) => code !== 'prober_error');
        expect([REFUSED.code, NO_SECRET.code]).toContain(before?.code);
      });
    });
  });
});

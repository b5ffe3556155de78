import { DatabaseError } from '@integrations/database';
import { LaneRunner, type Leased } from './lane-runner';

it.each([
  ['away', 'ECONNREFUSED'],
  ['busy, or was frozen for longer than a statement may take', '57014'],
])(
  'logs once for all lanes that a database interrupts that is %s, and once per lane for any other reason',
  async (_, code) => {
    const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const run = jest.fn().mockRejectedValue(new DatabaseError('the database says no', code, null));
    const runner = new LaneRunner({
      operations: { release: jest.fn(), renew: jest.fn() },
      attempts: { run },
      recorder: { record: jest.fn() },
      ...{ log, leaseMs: 60_000, maxAttempts: 3 },
    });
    const { signal } = new AbortController();
    const attempt = (lane: string) => {
      const leased = { lease: { lane }, begun: { row: {} }, askedAt: performance.now() } as unknown as Leased;
      return runner.run(leased, { soon: signal, now: signal, isCrowded: () => false });
    };
    for (const lane of ['a', 'b', 'c']) await attempt(lane);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(log.error).not.toHaveBeenCalled();

    run.mockRejectedValue(new Error('a fault of ours'));
    for (const lane of ['a', 'b']) await attempt(lane);
    expect(log.error).toHaveBeenCalledTimes(2);
  },
);

describe('a lane in which a write was not answered', () => {
  const LEASE = { lane: 'l', tenantId: 'acme', leaseToken: 't' };
  const failed = (kind: string) => ({
    kind,
    waitMs: 250,
    outcome: { errorCode: 'timeout', errorMessage: 'no answer' },
  });

  /** Runs a lane whose attempt leaves a write unanswered, then returns or throws `verdict`. */
  function setUp(verdict: object, attempts = 3, soon = new AbortController()) {
    const [renew, record, release] = [jest.fn(async () => true), jest.fn(async () => null), jest.fn()];
    const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const runner = new LaneRunner({
      operations: { release, renew },
      attempts: {
        run: async (_, held) => {
          held.unanswered();
          if (verdict instanceof Error) throw verdict;
          return verdict as never;
        },
      },
      recorder: { record },
      ...{ log, leaseMs: 60_000, maxAttempts: 3 },
    });
    const begun = { row: { id: 'op', attempts } };
    const leased = { lease: LEASE, begun, askedAt: performance.now() } as unknown as Leased;
    const run = (now = soon.signal) => runner.run(leased, { soon: soon.signal, now, isCrowded: () => false });
    return { run, renew, record, log };
  }

  it.each(['rescheduled', 'ended', 'awaits_vendor', 'ending'])(
    'rests for a minute instead of being %s, then begins again: nothing looks for the write before it may have landed',
    async (kind) => {
      const { run, renew, record, log } = setUp({ ...failed(kind), state: 'failed' });
      expect(await run()).toBe(60_000);
      // Renewed when the write became late, and once more at the end of the run.
      expect(renew.mock.calls).toEqual([
        [LEASE, 60_000],
        [LEASE, 60_000],
      ]);
      expect(record).not.toHaveBeenCalled();
      expect(log.warn.mock.calls).toMatchObject([
        [{ operationId: 'op', errorCode: 'timeout', reason: 'no answer' }, /./],
      ]);
    },
  );

  it('rests as well when the attempt was broken off', async () => {
    const { run, renew } = setUp(new Error('stopping'));
    expect(await run()).toBe(60_000);
    expect(renew).toHaveBeenCalledWith(LEASE, 60_000);
  });

  it('ends with the last verdict once another attempt has looked for the write', async () => {
    const verdict = { ...failed('ended'), state: 'failed' };
    const { run, renew, record } = setUp(verdict, 4);
    renew.mockResolvedValue(false); // its lease was given up with the record
    expect(await run()).toBeNull();
    expect(record.mock.calls).toMatchObject([[LEASE, { verdict }, true]]);
  });

  it('goes on at once if the operation succeeded all the same', async () => {
    const { run, renew, record } = setUp({ kind: 'ended', state: 'succeeded' });
    renew.mockResolvedValue(false); // its lease was given up with the record
    expect(await run()).toBeNull();
    expect(record).toHaveBeenCalledTimes(1);
  });
});

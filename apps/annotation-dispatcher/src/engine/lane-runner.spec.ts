import { DatabaseError } from '@integrations/database';
import { LaneRunner, type Leased } from './lane-runner';

it.each([
  ['away', 'ECONNREFUSED'],
  ['busy, or was frozen for longer than a statement may take', '57014'],
])(
  'tells once of a database that is %s, however many lanes that interrupts, and of each for any other reason',
  async (_, code) => {
    const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const run = jest.fn().mockRejectedValue(new DatabaseError('the database says no', code, null));
    const runner = new LaneRunner({
      operations: { release: jest.fn(), renew: jest.fn() },
      attempts: { run },
      recorder: { record: jest.fn() },
      ...{ log, leaseMs: 60_000 },
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

import { setImmediate as turn } from 'node:timers/promises';
import { Batches, type BatchLimits } from './batches';
import { DatabaseError } from './errors';

/** A statement whose runs end when the test says so. */
function statement(limits: BatchLimits = { maxSize: 10, maxInFlight: 1 }) {
  const runs: { items: readonly number[]; end: () => void; fail: (error: unknown) => void }[] = [];
  const run = jest.fn((items: readonly number[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    runs.push({ items, end: () => resolve(items.map((item) => item * 10)), fail: reject });
    return promise;
  });
  return { runs, batches: new Batches<number, number>(run, limits) };
}

describe('Batches', () => {
  it('batches the calls of one turn of the event loop, and returns each caller its own result', async () => {
    const { runs, batches } = statement();
    const results = Promise.all([batches.add(1), batches.add(2)]);
    await turn();
    runs[0]!.end();
    await expect(results).resolves.toEqual([10, 20]);
    expect(runs.map(({ items }) => items)).toEqual([[1, 2]]);
  });

  it('batches the calls that arrive while a batch is in flight, up to the limit', async () => {
    const { runs, batches } = statement({ maxSize: 2, maxInFlight: 1 });
    const results = [batches.add(1)];
    await turn();
    results.push(batches.add(2), batches.add(3), batches.add(4));
    await turn();
    expect(runs).toHaveLength(1);
    for (let n = 0; n < 3; n++) {
      runs[n]!.end();
      await turn();
      await turn();
    }
    await expect(Promise.all(results)).resolves.toEqual([10, 20, 30, 40]);
    expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3], [4]]);
  });

  it('retries calls one by one when PostgreSQL rejects a batch, so that only the bad one fails', async () => {
    const { runs, batches } = statement();
    const results = Promise.allSettled([batches.add(1), batches.add(2)]);
    await turn();
    runs[0]!.fail(new DatabaseError('invalid input', '22P05', null));
    await turn();
    expect(runs.slice(1).map(({ items }) => items)).toEqual([[1], [2]]);
    runs[1]!.end();
    runs[2]!.fail(new DatabaseError('invalid input', '22P05', null));
    await expect(results).resolves.toMatchObject([{ value: 10 }, { reason: { code: '22P05' } }]);
  });

  it('retries nothing after a failure that may have come after the commit', async () => {
    const { runs, batches } = statement();
    const results = Promise.allSettled([batches.add(1), batches.add(2)]);
    await turn();
    runs[0]!.fail(new DatabaseError('Connection terminated unexpectedly', null, null));
    await expect(results).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await turn();
    expect(runs).toHaveLength(1);
  });
});

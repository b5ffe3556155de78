import { failed, type OperationResult, type ScmResponse, succeeded } from '@integrations/contracts';
import type { OperationRow } from '@integrations/database';
import { Waiters } from './waiters';

const posted = succeeded({ outcome: 'created', commentId: '1', url: 'u', truncated: [] } as const, 'op');
const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };

/** A ledger in which another dispatcher ends operations. */
function ledger(ended: Record<string, OperationResult<ScmResponse>> = {}) {
  const outcomes = jest.fn(async (ids: readonly string[]) =>
    ids.flatMap((id) => (ended[id] ? [{ id, outcome: ended[id] } as OperationRow] : [])),
  );
  return { ended, outcomes, waiters: new Waiters({ operations: { outcomes }, log, pollMs: 100 }) };
}

describe('Waiters', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('answers all who wait for an operation that ends in this process, without a look into the ledger', async () => {
    const { waiters, outcomes } = ledger();
    const both = Promise.all([waiters.wait('op', 1_000), waiters.wait('op', 1_000)]);
    waiters.ended('op', posted);
    await expect(both).resolves.toEqual([posted, posted]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(outcomes).not.toHaveBeenCalled();
  });

  it('finds in the ledger what another dispatcher has ended', async () => {
    const { waiters, ended } = ledger();
    const waiting = waiters.wait('op', 1_000);
    await jest.advanceTimersByTimeAsync(150);
    ended.op = posted;
    await jest.advanceTimersByTimeAsync(100);
    await expect(waiting).resolves.toBe(posted);
  });

  it('goes on looking for others when one is answered, and begins again when nobody waited for a while', async () => {
    const { waiters, ended } = ledger();
    const first = waiters.wait('a', 1_000);
    const second = waiters.wait('b', 1_000);
    waiters.ended('a', posted);
    await first;
    ended.b = posted;
    await jest.advanceTimersByTimeAsync(200);
    await expect(second).resolves.toBe(posted);

    const later = waiters.wait('b', 1_000);
    await jest.advanceTimersByTimeAsync(200);
    await expect(later).resolves.toBe(posted);
  });

  it('does not look for an operation whose caller has only just come', async () => {
    const { waiters, outcomes } = ledger();
    void waiters.wait('a', 150);
    await jest.advanceTimersByTimeAsync(90);
    void waiters.wait('b', 60);
    await jest.advanceTimersByTimeAsync(60);
    expect(outcomes.mock.calls).toEqual([[['a']]]);
  });

  it('still answers the others who wait for an operation when one of them gives up', async () => {
    const { waiters } = ledger();
    const short = waiters.wait('op', 50);
    const long = waiters.wait('op', 1_000);
    await jest.advanceTimersByTimeAsync(51);
    await expect(short).resolves.toBeNull();
    waiters.ended('op', posted);
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(long).resolves.toBe(posted);
  });

  it('gives up when the time is up, and not before', async () => {
    const { waiters } = ledger();
    const answered = jest.fn();
    void waiters.wait('op', 1_000).then(answered);
    await jest.advanceTimersByTimeAsync(999);
    expect(answered).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2);
    expect(answered).toHaveBeenCalledWith(null);
  });

  it('gives up at once if the time is already up, without a negative timer', async () => {
    const { waiters } = ledger();
    const timer = jest.spyOn(globalThis, 'setTimeout');
    const waiting = waiters.wait('op', -400);
    expect(timer).toHaveBeenCalledWith(expect.any(Function), 0, null);
    await jest.advanceTimersByTimeAsync(1);
    await expect(waiting).resolves.toBeNull();
  });

  it('looks at once for operations that are known to have ended, if somebody waits for them', async () => {
    const superseded = failed('superseded', 'newer', { operationId: 'op' });
    const { waiters, outcomes } = ledger({ op: superseded });
    const waiting = waiters.wait('op', 1_000);
    waiters.lookFor(['op', 'another']);
    await expect(waiting).resolves.toBe(superseded);
    expect(outcomes).toHaveBeenCalledWith(['op']);
  });

  it('goes on looking after the ledger did not answer', async () => {
    const { waiters, outcomes } = ledger({ op: posted });
    outcomes.mockRejectedValueOnce(new Error('down'));
    const waiting = waiters.wait('op', 1_000);
    await jest.advanceTimersByTimeAsync(400);
    await expect(waiting).resolves.toBe(posted);
    expect(log.warn).toHaveBeenCalled();
  });

  it('does not ask a slow ledger again before it has answered', async () => {
    const { waiters, ended, outcomes } = ledger();
    const answer = Promise.withResolvers<[]>();
    outcomes.mockReturnValueOnce(answer.promise);
    const waiting = waiters.wait('op', 10_000);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(outcomes).toHaveBeenCalledTimes(1);
    ended.op = posted;
    answer.resolve([]);
    await jest.advanceTimersByTimeAsync(100);
    await expect(waiting).resolves.toBe(posted);
  });

  it('lets nobody wait longer than a shutdown allows, those who come later included', async () => {
    const { waiters } = ledger();
    const answered = jest.fn();
    const before = waiters.wait('a', 30_000).finally(answered);
    waiters.hurry(500);
    await jest.advanceTimersByTimeAsync(400);
    const later = waiters.wait('b', 30_000).finally(answered);
    await jest.advanceTimersByTimeAsync(99);
    expect(answered).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2);
    const last = waiters.wait('c', 30_000);
    await jest.advanceTimersByTimeAsync(1);
    await expect(Promise.all([before, later, last])).resolves.toEqual([null, null, null]);
  });

  it('leaves no timer behind', async () => {
    const { waiters } = ledger();
    const waiting = waiters.wait('op', 1_000);
    waiters.ended('op', posted);
    await waiting;
    expect(jest.getTimerCount()).toBe(0);
  });
});

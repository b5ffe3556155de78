import { LeaseLost } from '@integrations/database';
import { LeaseKeeper, type LeaseKeeperOptions } from './lease-keeper';

const lease = { lane: 'l', tenantId: 't', leaseToken: 'x' };

function keep(renew: LeaseKeeperOptions['renew'], askedMsAgo = 0, leaseMs = 900) {
  const stop = new AbortController();
  const keeper = new LeaseKeeper(lease, {
    renew,
    leaseMs,
    askedAt: performance.now() - askedMsAgo,
    stop: stop.signal,
  });
  return { keeper, stop };
}

describe('LeaseKeeper', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('keeps the lease for as long as it is renewed, three times per lease', async () => {
    const renew = jest.fn(() => Promise.resolve(true));
    const { keeper } = keep(renew);
    await jest.advanceTimersByTimeAsync(9_000);
    expect(keeper.signal.aborted).toBe(false);
    expect(renew).toHaveBeenCalledTimes(30);
    expect(renew).toHaveBeenCalledWith(lease, 900);
    keeper.stop();
  });

  it('aborts as soon as a renewal shows that another dispatcher has the lane', async () => {
    const { keeper } = keep(() => Promise.resolve(false));
    await jest.advanceTimersByTimeAsync(301);
    expect(keeper.signal.reason).toBeInstanceOf(LeaseLost);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('down'))],
    ['never comes back', () => new Promise<boolean>(() => undefined)],
  ])('aborts before the lease runs out when its renewal %s', async (_, renew) => {
    const { keeper } = keep(renew);
    await jest.advanceTimersByTimeAsync(800);
    expect(keeper.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(20);
    expect(keeper.signal.reason).toBeInstanceOf(LeaseLost);
  });

  it('counts a lease from when it was requested, not from when it was granted', async () => {
    const { keeper } = keep(() => new Promise(() => undefined), 500);
    await jest.advanceTimersByTimeAsync(300);
    expect(keeper.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(20);
    expect(keeper.signal.reason).toBeInstanceOf(LeaseLost);
  });

  it('aborts before the last renewed lease expires, and renews no more', async () => {
    const renew = jest.fn(() => Promise.reject<boolean>(new Error('down')));
    renew.mockResolvedValueOnce(true).mockResolvedValueOnce(true);
    const { keeper } = keep(renew);
    await jest.advanceTimersByTimeAsync(600 + 800);
    expect(keeper.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(20);
    expect(keeper.signal.reason).toBeInstanceOf(LeaseLost);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('aborts at the next request if the lease has expired but its timer has not fired', () => {
    const { keeper } = keep(() => Promise.resolve(true));
    const running = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(running + 809);
    keeper.sending();
    expect(keeper.signal.aborted).toBe(false);
    clock.mockReturnValue(running + 810);
    keeper.sending();
    expect(keeper.signal.reason).toBeInstanceOf(LeaseLost);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([true, false])('ignores a renewal that returns after it was stopped: %s', async (held) => {
    const renewal = Promise.withResolvers<boolean>();
    const { keeper } = keep(() => renewal.promise);
    await jest.advanceTimersByTimeAsync(300);
    keeper.stop();
    renewal.resolve(held);
    await jest.advanceTimersByTimeAsync(0);
    expect([keeper.signal.aborted, jest.getTimerCount()]).toEqual([false, 0]);
  });

  it('holds the lane for a minute while a late write is unanswered, in case this process dies', async () => {
    const renew = jest.fn((_: unknown, ms: number) => Promise.resolve(ms > 0));
    const { keeper } = keep(renew);
    const asked = () => renew.mock.calls.map(([, ms]) => ms);
    keeper.unanswered();
    expect([keeper.mayLand, asked()]).toEqual([true, [60_000]]);
    await jest.advanceTimersByTimeAsync(300);
    keeper.answered();
    await jest.advanceTimersByTimeAsync(300);
    expect([keeper.mayLand, asked()]).toEqual([false, [60_000, 60_000, 900]]);
    keeper.stop();
  });

  it('does not shorten a longer lease for a late write', () => {
    const renew = jest.fn(() => Promise.resolve(true));
    const { keeper } = keep(renew, 0, 90_000);
    keeper.unanswered();
    expect(renew.mock.calls).toEqual([[lease, 90_000]]);
    keeper.stop();
  });

  it('still expires at its usual time: others may soon have the lane if no renewal succeeds', async () => {
    const { keeper } = keep(() => Promise.reject(new Error('down')));
    keeper.unanswered();
    await jest.advanceTimersByTimeAsync(820);
    expect(keeper.signal.reason).toBeInstanceOf(LeaseLost);
  });

  it('aborts with the reason of a shutdown', () => {
    const { keeper, stop } = keep(() => Promise.resolve(true));
    stop.abort(new Error('stopping'));
    expect(keeper.signal.reason).toEqual(new Error('stopping'));
  });

  it('does nothing more once it is stopped', async () => {
    const renew = jest.fn(() => Promise.resolve(false));
    const { keeper, stop } = keep(renew);
    keeper.stop();
    keeper.unanswered();
    stop.abort();
    await jest.advanceTimersByTimeAsync(9_000);
    expect(renew).not.toHaveBeenCalled();
    expect(keeper.signal.aborted).toBe(false);
  });
});

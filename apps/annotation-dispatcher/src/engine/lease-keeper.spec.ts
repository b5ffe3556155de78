import { LeaseLost } from '@integrations/database';
import { LeaseKeeper } from './lease-keeper';

const lease = { lane: 'l', tenantId: 't', leaseToken: 'x' };

function keep(renew: () => Promise<boolean>) {
  const breakOff = new AbortController();
  const keeper = new LeaseKeeper(lease, {
    renew,
    leaseMs: 900,
    askedAt: performance.now(),
    breakOff: breakOff.signal,
  });
  return { keeper, breakOff };
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
    keeper.stop();
  });

  it('aborts as soon as a renewal tells that somebody else has the lane', async () => {
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

  it('aborts with the reason of a shutdown', () => {
    const { keeper, breakOff } = keep(() => Promise.resolve(true));
    breakOff.abort(new Error('stopping'));
    expect(keeper.signal.reason).toEqual(new Error('stopping'));
  });

  it('does nothing more once it is stopped', async () => {
    const renew = jest.fn(() => Promise.resolve(false));
    const { keeper, breakOff } = keep(renew);
    keeper.stop();
    breakOff.abort();
    await jest.advanceTimersByTimeAsync(9_000);
    expect(renew).not.toHaveBeenCalled();
    expect(keeper.signal.aborted).toBe(false);
  });
});

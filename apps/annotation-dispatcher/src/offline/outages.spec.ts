import type { Begun, Outage } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import { Outages } from './outages';

const row = { id: 'op-1', tenantId: 'acme', integrationId: 'i-1', provider: 'github_app' } as Begun['row'];
const other = { ...row, integrationId: 'i-2' };
const down = new ProviderError('network', 'refused');

function setUp(known: readonly Outage[] = []) {
  const repository = {
    list: jest.fn(async () => [...known]),
    failed: jest.fn(async () => ({ offline: false, began: false })),
    reached: jest.fn(async () => false),
    holds: jest.fn(async () => true),
  };
  const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
  return { repository, log, outages: new Outages({ repository, log, limitMs: 5_000 }) };
}

describe('Outages', () => {
  afterEach(() => jest.useRealTimers());

  it('asks the database about an operation only while its vendor is suspected', async () => {
    const { outages, repository } = setUp([{ tenantId: 'acme', integrationId: 'i-1', over: false }]);
    expect([await outages.holds(row), await outages.holds(other)]).toEqual([true, false]);
    expect(repository.list).toHaveBeenCalledTimes(1);
    expect(repository.holds).toHaveBeenCalledTimes(1);
    await outages.succeeded(other);
    expect(repository.reached).not.toHaveBeenCalled();
    await outages.succeeded(row);
    expect(repository.reached).toHaveBeenCalledWith(row);
  });

  it('never relies on anything that it read more than a second ago', async () => {
    jest.useFakeTimers();
    const { outages, repository } = setUp();
    await outages.holds(row);
    jest.advanceTimersByTime(900);
    await outages.holds(row);
    expect(repository.list).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(200);
    await outages.holds(row);
    expect(repository.list).toHaveBeenCalledTimes(2);
  });

  it('does not let an operation through when it cannot find out', async () => {
    const { outages, repository } = setUp();
    repository.list.mockRejectedValue(new Error('no database'));
    await expect(outages.holds(row)).rejects.toThrow('no database');
  });

  it.each(['network', 'timeout', 'tls', 'provider_unavailable'] as const)('suspects a vendor at %s', async (code) => {
    const { outages, repository } = setUp();
    await outages.look();
    await outages.failed(row, new ProviderError(code, 'x', { httpStatus: 503 }));
    expect(repository.failed).toHaveBeenCalledWith(row, 5_000);
    expect(await outages.holds(row)).toBe(true);
  });

  it('counts a refusal as an answer, but not trouble of our own', async () => {
    const { outages, repository } = setUp([{ tenantId: 'acme', integrationId: 'i-1', over: false }]);
    await outages.look();
    expect(await outages.failed(row, new ProviderError('secret_unresolvable', 'no store'))).toBe(false);
    expect(repository.reached).not.toHaveBeenCalled();
    expect(await outages.failed(row, new ProviderError('rate_limited', 'wait', { httpStatus: 429 }))).toBe(false);
    expect(repository.reached).toHaveBeenCalledTimes(1);
    expect(repository.failed).not.toHaveBeenCalled();
  });

  it('logs once that posting is offline, and once that it is over', async () => {
    const { outages, repository, log } = setUp();
    repository.failed.mockResolvedValueOnce({ offline: true, began: true });
    repository.failed.mockResolvedValueOnce({ offline: true, began: false });
    expect([await outages.failed(row, down), await outages.failed(row, down)]).toEqual([true, true]);
    repository.reached.mockResolvedValueOnce(true);
    await outages.succeeded(row);
    await outages.succeeded(row);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(log.info).toHaveBeenCalledTimes(1);
  });

  it('leaves the outcome of an attempt unchanged if it cannot be noted', async () => {
    const { outages, repository, log } = setUp();
    repository.failed.mockRejectedValue(new Error('no database'));
    expect(await outages.failed(row, down)).toBe(false);
    repository.reached.mockRejectedValue(new Error('no database'));
    await expect(outages.succeeded(row)).resolves.toBeUndefined();
    expect(log.warn).toHaveBeenCalledTimes(2);
  });
});

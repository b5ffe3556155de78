import type { IntegrationRow } from '@integrations/database';
import { KnownIntegrations } from './known-integrations';

const row = { id: 'a', tenantId: 'acme', generation: 7 } as IntegrationRow;

describe('KnownIntegrations', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('has an integration read anew after a minute: another change may have its generation after a failover', () => {
    const known = new KnownIntegrations();
    known.keep(row, { only: true });
    jest.advanceTimersByTime(60_000);
    expect([known.find('acme', 'a'), known.onlyOf('acme')]).toEqual([row, row]);
    jest.advanceTimersByTime(1);
    expect([known.find('acme', 'a'), known.onlyOf('acme')]).toEqual([undefined, undefined]);
  });

  it('finds an integration of its own tenant only', () => {
    const known = new KnownIntegrations();
    known.keep(row);
    expect(known.find('acme', 'a')).toBe(row);
    expect(known.find('globex', 'a')).toBeUndefined();
    expect(known.onlyOf('acme')).toBeUndefined();
  });

  it('forgets an integration', () => {
    const known = new KnownIntegrations();
    known.keep(row, { only: true });
    known.forget(row);
    expect([known.find('acme', 'a'), known.onlyOf('acme')]).toEqual([undefined, undefined]);
  });
});

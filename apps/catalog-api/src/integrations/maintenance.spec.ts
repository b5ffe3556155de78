import { maintenanceOf, patchMaintenance } from './maintenance';

const NOW = new Date('2026-06-01T12:00:00Z');
const current = { until: '2026-06-01T14:00:00.000Z', reason: 'moving' };

describe('the maintenance in force', () => {
  it.each([
    ['2026-06-01T12:00:00.001Z', { until: '2026-06-01T12:00:00.001Z', reason: 'moving' }],
    ['2026-06-01T12:00:00Z', null],
    ['2026-05-01T12:00:00Z', null],
  ])('that ends at %s is %j', (until, expected) => {
    const window = { maintenanceUntil: new Date(until), maintenanceReason: 'moving' };
    expect(maintenanceOf(window, NOW)).toEqual(expected);
  });

  it('is none where none was set', () => {
    expect(maintenanceOf({ maintenanceUntil: null, maintenanceReason: null }, NOW)).toBeNull();
  });
});

describe('a patch of the maintenance', () => {
  it.each([
    ['begins it', null, { until: '2026-06-02T00:00:00+02:00' }, { until: '2026-06-01T22:00:00.000Z', reason: null }],
    ['may last 30 days', null, { until: '2026-07-01T12:00:00Z' }, { until: '2026-07-01T12:00:00.000Z', reason: null }],
    ['makes it longer', current, { until: '2026-06-01T18:00:00Z' }, { ...current, until: '2026-06-01T18:00:00.000Z' }],
    ['tells why', current, { reason: 'still moving' }, { ...current, reason: 'still moving' }],
    ['takes the reason away', current, { reason: null }, { ...current, reason: null }],
    ['changes nothing', current, {}, current],
    ['ends it', current, null, null],
    ['ends none', null, null, null],
  ])('%s', (_what, before, patch, value) => {
    expect(patchMaintenance(before, patch, NOW)).toEqual({ ok: true, value });
  });

  it.each([
    ['without an end', null, { reason: 'moving' }, 'is required'],
    ['that takes the end away', current, { until: null }, 'is required'],
    ['that has ended', null, { until: '2026-06-01T12:00:00Z' }, 'future'],
    ['of more than 30 days', null, { until: '2026-07-01T12:00:00.001Z' }, '30 days'],
  ])('%s is refused', (_what, before, patch, message) => {
    expect(patchMaintenance(before, patch, NOW)).toEqual({
      ok: false,
      errors: [{ field: 'maintenance.until', message: expect.stringContaining(message) }],
    });
  });
});

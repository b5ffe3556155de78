import { maintenanceOf, patchMaintenance } from './maintenance';

const NOW = new Date('2026-06-01T12:00:00Z');
const current = { until: '2026-06-01T14:00:00.000Z', reason: 'moving' };

describe('the maintenance in force', () => {
  it.each([
    ['2026-06-01T12:00:00.001Z', { until: '2026-06-01T12:00:00.001Z', reason: 'moving' }],
    ['2026-06-01T12:00:00Z', null],
    ['2026-05-01T12:00:00Z', null],
  ])('with an end at %s is %j', (until, expected) => {
    const window = { maintenanceUntil: new Date(until), maintenanceReason: 'moving' };
    expect(maintenanceOf(window, NOW)).toEqual(expected);
  });

  it('is null when none was set', () => {
    expect(maintenanceOf({ maintenanceUntil: null, maintenanceReason: null }, NOW)).toBeNull();
  });
});

describe('patchMaintenance', () => {
  it.each([
    [
      'begins a window',
      null,
      { until: '2026-06-02T00:00:00+02:00' },
      { until: '2026-06-01T22:00:00.000Z', reason: null },
    ],
    [
      'allows a window of 30 days',
      null,
      { until: '2026-07-01T12:00:00Z' },
      { until: '2026-07-01T12:00:00.000Z', reason: null },
    ],
    [
      'extends the window',
      current,
      { until: '2026-06-01T18:00:00Z' },
      { ...current, until: '2026-06-01T18:00:00.000Z' },
    ],
    ['sets the reason', current, { reason: 'still moving' }, { ...current, reason: 'still moving' }],
    ['removes the reason', current, { reason: null }, { ...current, reason: null }],
    ['changes nothing', current, {}, current],
    ['ends the window', current, null, null],
    ['ends nothing when there is no window', null, null, null],
  ])('%s', (_what, before, patch, value) => {
    expect(patchMaintenance(before, patch, NOW)).toEqual({ ok: true, value });
  });

  it.each([
    ['without an end', null, { reason: 'moving' }, 'is required'],
    ['whose end is removed', current, { until: null }, 'is required'],
    ['that ends in the past', null, { until: '2026-06-01T12:00:00Z' }, 'future'],
    ['longer than 30 days', null, { until: '2026-07-01T12:00:00.001Z' }, '30 days'],
  ])('refuses a window %s', (_what, before, patch, message) => {
    expect(patchMaintenance(before, patch, NOW)).toEqual({
      ok: false,
      errors: [{ field: 'maintenance.until', message: expect.stringContaining(message) }],
    });
  });
});

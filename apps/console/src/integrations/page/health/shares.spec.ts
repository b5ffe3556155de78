import { percent, sharesOf, WIDTH } from './shares';

const NOTHING = { healthy: 0, degraded: 0, unhealthy: 0, unknown: 0, maintenance: 0, stale: 0 };

describe('sharesOf', () => {
  it('places the shares side by side and fills the bar', () => {
    const [healthy, degraded, unhealthy] = sharesOf({ ...NOTHING, healthy: 60, unhealthy: 40 });
    expect(healthy).toEqual({ state: 'healthy', seconds: 60, part: 0.6, x: 0, width: 0.6 * WIDTH });
    expect(degraded).toMatchObject({ x: 600, width: 0 });
    expect(unhealthy).toMatchObject({ x: 600, width: 400 });
  });

  it('has only empty shares when no time has passed', () => {
    expect(sharesOf(NOTHING).every(({ width }) => width === 0)).toBe(true);
  });
});

describe('percent', () => {
  it.each([
    [1, '100 %'],
    [0.999999, '99.999 %'],
    [0.5, '50 %'],
    [0.12345678, '12.345 %'],
    [0, '0 %'],
  ])('shows %d as %s', (part, shown) => {
    expect(percent(part)).toBe(shown);
  });
});

import { instantOf, localOf } from './instant';

describe('an instant in a date and time control', () => {
  it('is shown in the reader’s time zone and converts back to the same instant', () => {
    const local = localOf('2026-01-31T12:30:00.000Z');
    expect(local).toMatch(/^2026-0[12]-\d\dT\d\d:\d\d$/);
    expect(instantOf(local)).toBe('2026-01-31T12:30:00.000Z');
  });

  it('is empty when there is none', () => {
    expect(localOf('')).toBe('');
    expect(localOf('yesterday')).toBe('');
    expect(instantOf('')).toBe('');
  });
});

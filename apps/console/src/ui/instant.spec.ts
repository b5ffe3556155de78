import { instantOf, localOf } from './instant';

describe('an instant in a control for date and time', () => {
  it('is shown in the time zone of the reader and means the same instant again', () => {
    const local = localOf('2026-01-31T12:30:00.000Z');
    expect(local).toMatch(/^2026-0[12]-\d\dT\d\d:\d\d$/);
    expect(instantOf(local)).toBe('2026-01-31T12:30:00.000Z');
  });

  it('is nothing where there is none', () => {
    expect(localOf('')).toBe('');
    expect(localOf('yesterday')).toBe('');
    expect(instantOf('')).toBe('');
  });
});

import { localOf } from '../../ui/instant';
import { endOf } from './maintenance-times';

const NOW = Date.parse('2026-01-31T12:00:00.000Z');

describe('the end of a maintenance window', () => {
  it('is the chosen number of minutes from now', () => {
    expect(endOf('120', '', NOW)).toBe('2026-01-31T14:00:00.000Z');
  });

  it('is the local time that was typed when no minutes are chosen', () => {
    expect(localOf(endOf('', '2026-02-01T06:30', NOW))).toBe('2026-02-01T06:30');
  });

  it('stays the same, to the second, when the local time is not changed', () => {
    const present = '2026-02-01T06:30:25.123Z';
    expect(endOf('', localOf(present), NOW, present)).toBe(present);
    expect(endOf('', '2026-02-01T06:31', NOW, present)).toBe(endOf('', '2026-02-01T06:31', NOW));
  });

  it('is empty when no time was typed, so that the API says what is missing', () => {
    expect(endOf('', '', NOW)).toBe('');
  });
});

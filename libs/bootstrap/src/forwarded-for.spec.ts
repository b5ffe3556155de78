import { withoutPorts } from './forwarded-for';

describe('withoutPorts', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:DB8::1]', '2001:DB8::1'],
    ['[::ffff:203.0.113.7]:443', '::ffff:203.0.113.7'],
    ['203.0.113.7:51234,198.51.100.2, [2001:db8::1]:443', '203.0.113.7, 198.51.100.2, 2001:db8::1'],
    ['unknown, _hidden:80', 'unknown, _hidden:80'],
    ['', ''],
  ])('turns "%s" into "%s"', (header, addresses) => {
    expect(withoutPorts(header)).toBe(addresses);
  });
});

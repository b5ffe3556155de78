import { warningsIn } from './warnings';

describe('warningsIn', () => {
  it('returns the texts of the warnings', () => {
    expect(warningsIn('299 - "Moves to another \\"host\\" soon", 299 registry:5000 "Old"', undefined)).toEqual([
      'Moves to another "host" soon',
      'Old',
    ]);
    expect(warningsIn('110 - "Response is stale", 299', undefined)).toEqual([]);
    expect(warningsIn(undefined, undefined)).toEqual([]);
  });

  it('replaces misleading characters, and drops a text that is too long, because a cut could leave half a secret', () => {
    expect(warningsIn(`299 - "a\u202eb${'x'.repeat(1_997)}"`, undefined)).toEqual([`a b${'x'.repeat(1_997)}`]);
    expect(warningsIn(`299 - "${'x'.repeat(2_001)}"`, undefined)).toEqual([]);
  });

  it.each([
    ['the password', `Basic ${Buffer.from('bot:hunter2hunter2').toString('base64')}`, 'you sent hunter2hunter2'],
    ['the header', 'Bearer abc.def.ghi', 'you sent abc.def.ghi'],
  ])('drops warnings that repeat %s', (_what, authorization, text) => {
    expect(warningsIn(`299 - "${text}", 299 - "harmless"`, authorization)).toEqual(['harmless']);
  });
});

import { chainBreak, digestBreak } from './break-words';

describe('breaks of the audit chain in words', () => {
  const at = { position: 17, through: 17, auditId: null };

  it.each([
    [{ ...at, kind: 'altered' }, 'Entry 17 differs from what was written.'],
    [{ ...at, kind: 'reordered' }, 'Entry 17 was written at another position.'],
    [{ ...at, kind: 'forked' }, 'Entry 17 does not belong to the chain.'],
    [{ ...at, kind: 'missing' }, 'Entry 17 is gone in the middle of the chain.'],
    [{ ...at, kind: 'missing', through: 19 }, 'Entries 17 to 19 are gone in the middle of the chain.'],
    [
      { ...at, kind: 'truncated', through: null },
      'An unknown number of entries from position 17 on are gone at the end of the chain.',
    ],
  ] as const)('describes %j', (found, words) => expect(chainBreak(found)).toBe(words));

  it('describes what a digest proves', () => {
    const signed = { position: 9, at: '', keyId: '1f0c' };
    expect(digestBreak({ ...signed, kind: 'forged' })).toContain('unknown key');
    expect(digestBreak({ ...signed, kind: 'truncated' })).toContain('ends before position 9');
    expect(digestBreak({ ...signed, kind: 'rewritten' })).toContain('different hash');
  });
});

import fc from 'fast-check';
import { seal, unseal } from './cursor';

const LIST = { integrationId: 'one', kind: 'repositories', q: null } as const;

describe('a cursor', () => {
  it('gives back the position that was sealed, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (position) => {
        expect(unseal(seal(position, LIST), LIST)).toBe(position);
      }),
    );
  });

  it('is not valid in another list', () => {
    const cursor = seal('2.50', LIST);
    expect(unseal(cursor, { ...LIST, integrationId: 'two' })).toBeNull();
    expect(unseal(cursor, { ...LIST, q: 'shop' })).toBeNull();
  });

  it('is not valid once a character was changed, added or removed', () => {
    const cursor = seal('2.50', LIST);
    for (let at = 0; at < cursor.length; at++) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      expect(unseal(`${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`, LIST)).toBeNull();
      expect(unseal(`${cursor.slice(0, at)}${cursor.slice(at + 1)}`, LIST)).toBeNull();
    }
    for (const junk of ['', 'junk', `${cursor}=`, `${cursor} `, '💥', Buffer.from('3.0').toString('base64url')]) {
      expect(unseal(junk, LIST)).toBeNull();
    }
  });
});

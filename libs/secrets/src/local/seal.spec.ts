import fc from 'fast-check';
import { generateMasterKey, type MasterKeys, parseMasterKey } from './master-key';
import { type Place, rewrap, seal, unseal } from './seal';
import type { SealedSecret } from './sealed-secret';

const TEXT = 'the-secret-text';
const PLACE: Place = { tenantId: 'acme', path: 'github/key', version: 3 };
const old = parseMasterKey(generateMasterKey());
const next = parseMasterKey(generateMasterKey());
const keys: MasterKeys = { current: old, previous: [] };

function refusal(sealed: SealedSecret, place: Place = PLACE, masters = keys): { code: string; message: string } {
  try {
    unseal(sealed, place, masters);
  } catch (error) {
    expect(String((error as Error).stack)).not.toContain(TEXT);
    return error as { code: string; message: string };
  }
  throw new Error('it opened');
}

/** Changes each character of a base64 text in turn, leaving out changes that decode to the same bytes. */
function altered(text: string): string[] {
  return Array.from(text, (char, i) => text.slice(0, i) + (char === 'A' ? 'Q' : 'A') + text.slice(i + 1)).filter(
    (changed) => !Buffer.from(changed, 'base64').equals(Buffer.from(text, 'base64')),
  );
}

describe('seal and unseal', () => {
  it('return any text unchanged, and hide it in between', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (text) => {
        const sealed = seal(text, PLACE, old);
        expect(unseal(sealed, PLACE, keys)).toBe(text);
      }),
    );
    const sealed = JSON.stringify(seal(TEXT, PLACE, old));
    expect(sealed).not.toContain(TEXT);
    expect(sealed).not.toContain(Buffer.from(TEXT).toString('base64').slice(0, 12));
  });

  it('use another data key each time, so that the ciphertext differs', () => {
    const one = seal(TEXT, PLACE, old);
    const two = seal(TEXT, PLACE, old);
    expect(one.ciphertext).not.toBe(two.ciphertext);
    expect(one.wrappedKey).not.toBe(two.wrappedKey);
  });

  // GCM under one key never survives a repeated nonce, and one master key wraps all data keys.
  it('use another nonce each time, also when a secret is wrapped anew', () => {
    const wrapped = Array.from({ length: 3 }, () => seal(TEXT, PLACE, old));
    const rewrapped = wrapped.map((sealed) => rewrap(sealed, PLACE, { current: next, previous: [old] }));
    const nonces = [...wrapped, ...rewrapped].map(({ wrappedKey }) => wrappedKey.slice(0, 16));
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it.each<[string, Place]>([
    ['another tenant', { ...PLACE, tenantId: 'other' }],
    ['another path', { ...PLACE, path: 'github/key2' }],
    ['another version', { ...PLACE, version: 2 }],
    ['a tenant and path that concatenate to the same text', { ...PLACE, tenantId: 'acme/github', path: 'key' }],
  ])('deny a secret that was moved to %s', (_where, place) => {
    expect(refusal(seal(TEXT, PLACE, old), place)).toMatchObject({
      code: 'denied',
      message: 'the sealed secret was altered, or moved from where it belongs',
    });
  });

  it('deny a secret with any character changed', () => {
    const sealed = seal(TEXT, PLACE, old);
    for (const ciphertext of altered(sealed.ciphertext)) expect(refusal({ ...sealed, ciphertext }).code).toBe('denied');
    for (const wrappedKey of altered(sealed.wrappedKey)) expect(refusal({ ...sealed, wrappedKey }).code).toBe('denied');
  });

  it('deny a mix of two secrets, and truncated, empty or malformed parts', () => {
    const one = seal(TEXT, PLACE, old);
    const two = seal(TEXT, PLACE, old);
    expect(refusal({ ...one, wrappedKey: two.wrappedKey }).code).toBe('denied');
    for (const ciphertext of ['', 'AAAA', 'not base64!', one.ciphertext.slice(0, 24)]) {
      expect(refusal({ ...one, ciphertext }).code).toBe('denied');
      expect(refusal({ ...one, wrappedKey: ciphertext }).code).toBe('denied');
    }
  });

  it('report a missing master key, and try no other', () => {
    const sealed = seal(TEXT, PLACE, old);
    expect(refusal(sealed, PLACE, { current: next, previous: [] })).toMatchObject({
      code: 'unavailable',
      message: 'the secret is sealed with a master key that is not configured',
    });
    expect(refusal({ ...sealed, masterKeyId: next.id }, PLACE, { current: next, previous: [old] }).code).toBe('denied');
  });
});

describe('rewrap', () => {
  const rotated = { current: next, previous: [old] };

  it('moves a secret to the new master key, so that the old one can be removed', () => {
    const sealed = seal(TEXT, PLACE, old);
    const moved = rewrap(sealed, PLACE, rotated);
    expect(moved).toMatchObject({ masterKeyId: next.id, ciphertext: sealed.ciphertext, version: PLACE.version });
    expect(unseal(moved, PLACE, { current: next, previous: [] })).toBe(TEXT);
    expect(unseal(sealed, PLACE, rotated)).toBe(TEXT);
  });

  it('leaves a secret alone that the new master key already wraps', () => {
    const sealed = seal(TEXT, PLACE, next);
    expect(rewrap(sealed, PLACE, rotated)).toBe(sealed);
  });

  it('refuses a secret that was moved, and one whose master key is missing', () => {
    const sealed = seal(TEXT, PLACE, old);
    for (const place of [{ version: 4 }, { tenantId: 'other' }, { path: 'github/key2' }]) {
      expect(() => rewrap(sealed, { ...PLACE, ...place }, rotated)).toThrow('altered, or moved');
    }
    expect(() => rewrap(sealed, PLACE, { current: next, previous: [] })).toThrow('not configured');
  });
});

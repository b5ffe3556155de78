import { generateMasterKey, type MasterKeys, parseMasterKey } from '../local/master-key';
import { parseAuthRef } from './auth-ref';
import { fingerprintUnder } from './fingerprint';

const key = generateMasterKey();
const masters = (text: string): MasterKeys => ({ current: parseMasterKey(text), previous: [] });

describe.each([
  ['with a master key', masters(key)],
  ['without one', null],
])('a fingerprint %s', (_, keys) => {
  it('is the same for equal references, differs for others, and hides the path', () => {
    const fingerprint = fingerprintUnder(keys);
    const one = fingerprint(parseAuthRef('authref://file/acme/key'));
    expect(one).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(fingerprint(parseAuthRef('authref://file/acme/key'))).toBe(one);
    expect(fingerprint(parseAuthRef('authref://file/acme/key#a'))).not.toBe(one);
    expect(fingerprint(parseAuthRef('authref://file/acme/key?version=1'))).not.toBe(one);
    const [long, longer] = ['a', 'b'].map((end) =>
      fingerprint(parseAuthRef(`authref://file/${'x'.repeat(400)}/${end}`)),
    );
    expect(long).not.toBe(longer);
  });
});

describe('the key of fingerprints', () => {
  const ref = parseAuthRef('authref://vault/acme/key');

  it('is the same in every app with the same master key, whatever its encoding', () => {
    const inHex = Buffer.from(key, 'base64').toString('hex');
    expect(fingerprintUnder(masters(inHex))(ref)).toBe(fingerprintUnder(masters(key))(ref));
  });

  it('depends on the master key, so that paths cannot be guessed without it', () => {
    const others = [masters(generateMasterKey()), null].map((keys) => fingerprintUnder(keys)(ref));
    expect(others).not.toContain(fingerprintUnder(masters(key))(ref));
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { parseAuditKeys } from './audit-keys';

const STATEMENT = Buffer.from('where the chain ended');

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKey, publicKey };
}

describe('parseAuditKeys', () => {
  const [current, former] = [newKey(), newKey()];

  it('signs with the first key and verifies with all of them', () => {
    const old = parseAuditKeys(former.privateKey).signer!;
    const keys = parseAuditKeys(current.privateKey + former.privateKey);
    const { keyId, sign } = keys.signer!;
    expect(keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(keyId).not.toBe(old.keyId);
    expect(keys.verify(keyId, STATEMENT, sign(STATEMENT))).toBe(true);
    expect(keys.verify(old.keyId, STATEMENT, old.sign(STATEMENT))).toBe(true);
    expect(keys.verify(keyId, STATEMENT, old.sign(STATEMENT))).toBe(false);
    expect(parseAuditKeys(current.privateKey).verify(old.keyId, STATEMENT, old.sign(STATEMENT))).toBe(false);
  });

  it('rejects the signature of another statement, and one of another length', () => {
    const { signer, verify } = parseAuditKeys(current.privateKey);
    const signature = signer!.sign(STATEMENT);
    expect(verify(signer!.keyId, Buffer.from('elsewhere'), signature)).toBe(false);
    expect(verify(signer!.keyId, STATEMENT, signature.subarray(1))).toBe(false);
    expect(verify(signer!.keyId, STATEMENT, Buffer.alloc(0))).toBe(false);
  });

  it('verifies with only a public key, and then cannot sign', () => {
    const { signer } = parseAuditKeys(current.privateKey);
    const auditor = parseAuditKeys(current.publicKey);
    expect(auditor.signer).toBeNull();
    expect(auditor.verify(signer!.keyId, STATEMENT, signer!.sign(STATEMENT))).toBe(true);
  });

  it('does not print a key', () => {
    const printed = inspect(parseAuditKeys(current.privateKey), { depth: 5, showHidden: true });
    expect(printed).not.toContain(current.privateKey.split('\n')[1]);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' });
  it.each([
    ['nothing', ''],
    ['text that is not PEM', 'secret'],
    ['a broken key', current.privateKey.replace('MC4', 'AAA')],
    ['a key of another kind', String(rsa)],
    ['text after the keys', `${current.privateKey}secret`],
  ])('refuses %s without quoting it', (_what, text) => {
    expect(() => parseAuditKeys(text)).toThrow(/^must contain Ed25519 keys in PEM/);
  });
});

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { KeyError } from './key-file';

/** Signs the digests of the audit trail, and verifies that a digest was signed with a known key. */
export interface AuditKeys {
  /** Null if the first key is a public key. */
  readonly signer: { readonly keyId: string; sign(statement: Buffer): Buffer } | null;
  /** Also false for an unknown key. */
  verify(keyId: string, statement: Buffer, signature: Buffer): boolean;
}

const BLOCK = /-----BEGIN (PRIVATE|PUBLIC) KEY-----[A-Za-z0-9+/=\s]+-----END \1 KEY-----/g;

/**
 * Parses Ed25519 keys in PEM, one after the other: PKCS#8, or SPKI for keys that only verify. The first key signs, all keys
 * verify. Throws KeyError.
 */
export function parseAuditKeys(pem: string): AuditKeys {
  const blocks = pem.match(BLOCK) ?? [];
  const [first] = blocks;
  const isAllKeys = pem.replaceAll(BLOCK, '').trim() === '';
  if (first === undefined || !isAllKeys) throw notKeys();
  const verifiers = new Map(blocks.map(publicKeyIn).map((key) => [idOf(key), key]));
  return {
    signer: first.includes('PRIVATE') ? signerOf(createPrivateKey(first)) : null,
    verify: (keyId, statement, signature) => {
      const key = verifiers.get(keyId);
      return key !== undefined && verify(null, statement, key, signature);
    },
  };
}

function signerOf(key: KeyObject): AuditKeys['signer'] {
  return { keyId: idOf(createPublicKey(key)), sign: (statement) => sign(null, statement, key) };
}

function publicKeyIn(block: string): KeyObject {
  const key = readPublicKey(block);
  if (key.asymmetricKeyType !== 'ed25519') throw notKeys();
  return key;
}

function readPublicKey(block: string): KeyObject {
  try {
    return createPublicKey(block);
  } catch {
    throw notKeys();
  }
}

/** Identifies a key. */
function idOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

function notKeys(): KeyError {
  return new KeyError('must contain Ed25519 keys in PEM (openssl genpkey -algorithm ed25519)');
}

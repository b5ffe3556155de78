import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { KeyError } from './key-file';

/** What signs the digests of the audit trail, and tells whether one was signed with a key that is known. */
export interface AuditKeys {
  /** Null where the first key is a public one. */
  readonly signer: { readonly keyId: string; sign(statement: Buffer): Buffer } | null;
  /** False as well for a key that is not known. */
  verify(keyId: string, statement: Buffer, signature: Buffer): boolean;
}

const BLOCK = /-----BEGIN (PRIVATE|PUBLIC) KEY-----[A-Za-z0-9+/=\s]+-----END \1 KEY-----/g;

/**
 * Ed25519 keys in PEM, one after the other: PKCS#8, or SPKI for those that only verify. The first signs, all verify.
 * Throws KeyError.
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

/** Tells keys apart. */
function idOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

function notKeys(): KeyError {
  return new KeyError('must hold Ed25519 keys in PEM (openssl genpkey -algorithm ed25519)');
}

import {
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { isObject, type JsonObject } from '../store-service';
import { malformed } from './authority-answer';

const COMPACT = /^([\w-]+)\.\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;
const ALGORITHM = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';

const newKeyPair = promisify(generateKeyPair);

/** Whom one answer is encrypted to. */
export interface Recipient {
  /** A JWK: P-256. */
  readonly publicKey: JsonWebKey;
  /** The JSON in a compact JWE (ECDH-ES, A256GCM). Throws SecretStoreError `unavailable` for anything else. */
  open(jwe: string): unknown;
}

export async function newRecipient(): Promise<Recipient> {
  const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
  return {
    publicKey: publicKey.export({ format: 'jwk' }),
    open: (jwe) => {
      try {
        return JSON.parse(decrypt(jwe, privateKey));
      } catch {
        // Not the cause: the parser's message would quote the secret.
        throw malformed();
      }
    },
  };
}

/** https://www.rfc-editor.org/rfc/rfc7516#section-5.2 for direct key agreement: the encrypted key is empty. */
function decrypt(jwe: string, privateKey: KeyObject): string {
  const [, protectedPart = '', iv = '', ciphertext = '', tag = ''] = COMPACT.exec(jwe) ?? [];
  const header: unknown = JSON.parse(bytes(protectedPart).toString('utf8'));
  if (!isObject(header) || header['alg'] !== ALGORITHM || header['enc'] !== ENCRYPTION) throw malformed();
  if ('zip' in header || 'crit' in header) throw malformed();
  const key = agreedKey(header, privateKey);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(iv), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(protectedPart, 'ascii')).setAuthTag(bytes(tag));
  return Buffer.concat([decipher.update(bytes(ciphertext)), decipher.final()]).toString('utf8');
}

/** The Concat KDF for one block of SHA-256: https://www.rfc-editor.org/rfc/rfc7518#section-4.6.2 */
function agreedKey({ epk, apu, apv }: JsonObject, privateKey: KeyObject): Buffer {
  if (!isObject(epk)) throw malformed();
  const publicKey = createPublicKey({ key: { ...epk }, format: 'jwk' });
  const shared = diffieHellman({ privateKey, publicKey });
  const parts = [Buffer.from(ENCRYPTION), bytes(apu), bytes(apv)].map((part) => [uint32(part.length), part]);
  return createHash('sha256')
    .update(Buffer.concat([uint32(1), shared, ...parts.flat(), uint32(256)]))
    .digest();
}

function bytes(base64url: unknown): Buffer {
  return Buffer.from(typeof base64url === 'string' ? base64url : '', 'base64url');
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

import { compactDecrypt, exportJWK, generateKeyPair, type JWK } from 'jose';
import { malformed } from './authority-answer';

const ALGORITHM = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';

/** The key pair to which one answer is encrypted. */
export interface Recipient {
  /** On the curve P-256. */
  readonly publicKey: JWK;
  /** Decrypts the JSON in a compact JWE (ECDH-ES, A256GCM). Throws SecretStoreError `unavailable` for anything else. */
  open(jwe: string): Promise<unknown>;
}

export async function newRecipient(): Promise<Recipient> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { crv: 'P-256' });
  const accepted = { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] };
  return {
    publicKey: await exportJWK(publicKey),
    open: async (jwe) => {
      try {
        const { plaintext } = await compactDecrypt(jwe, privateKey, accepted);
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext));
      } catch {
        // Without the cause: the parser's message would quote the secret.
        throw malformed();
      }
    },
  };
}

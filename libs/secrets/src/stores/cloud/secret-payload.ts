import { SecretStoreError } from '../secret-store';

/** The text of a secret that the cloud keeps as bytes, told in base64. */
export function textOfBytes(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw new SecretStoreError('denied', 'the secret is not UTF-8 text');
  }
}

/** For an answer of 200 without what it should hold. */
export function malformed(): SecretStoreError {
  return new SecretStoreError('unavailable', 'its answer is not understood');
}

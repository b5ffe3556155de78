import { SecretStoreError } from '../secret-store';
import { MAX_SECRET_BYTES } from '../secret-text';

/** The text of a secret as a cloud keeps it. One line end at its end is dropped: `echo` has put it there. */
export function payloadText(text: string): string {
  if (Buffer.byteLength(text) > MAX_SECRET_BYTES)
    throw new SecretStoreError('denied', 'the secret is larger than 64 KiB');
  return text.replace(/\r?\n$/, '');
}

/** The same of a secret kept as bytes, in base64. */
export function payloadBytes(base64: string): string {
  try {
    return payloadText(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64')));
  } catch (error) {
    if (error instanceof SecretStoreError) throw error;
    throw new SecretStoreError('denied', 'the secret is not UTF-8 text');
  }
}

/** For an answer of 200 without what it should hold. */
export function malformed(): SecretStoreError {
  return new SecretStoreError('unavailable', 'its answer is not understood');
}

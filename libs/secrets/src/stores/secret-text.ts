import { type JsonObject, jsonObject, Secret } from '@integrations/provider-kit';
import type { AuthRef } from '../auth-ref/auth-ref';
import { SecretStoreError } from './secret-store';

/** Largest size of a secret, in bytes of UTF-8. */
export const MAX_SECRET_BYTES = 64 * 1024;

/** The part of a stored text that `ref` names: all of it, or one text field of a JSON object. */
export function namedPart(text: string, ref: AuthRef): string {
  const value = ref.key === undefined ? text : namedField(objectIn(text), ref);
  if (value === '') throw new SecretStoreError('not_found', 'the secret is empty');
  return value;
}

/** For stores whose secrets have several fields: the field named by `#key`, else `value`, else the only field. */
export function namedField(fields: JsonObject, { key }: AuthRef): string {
  const names = Object.keys(fields);
  const only = names.length === 1 ? names[0] : undefined;
  const name = key ?? (Object.hasOwn(fields, 'value') ? 'value' : only);
  if (name === undefined) {
    throw new SecretStoreError('not_found', 'the secret has no field named value: name one after #');
  }
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'string') return value;
  throw new SecretStoreError('not_found', 'the secret has no text field of the name after #');
}

/** For stores that keep only one version. */
export function refuseVersion(ref: AuthRef): void {
  if (ref.version === undefined) return;
  throw new SecretStoreError('denied', 'this store keeps no versions: leave ?version out of authRef');
}

/** The text of a secret that a store keeps as bytes and returns in base64. */
export function textOfBytes(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw new SecretStoreError('denied', 'the secret is not UTF-8 text');
  }
}

export function textSecret(text: string, version: string | null, expiresAt: Date | null): Secret {
  return exactSecret(withoutLineEnd(text), version, expiresAt);
}

/** Drops one final line end, which tools such as editors, `echo` and `secret put < token.txt` leave there. */
export function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** The text unchanged. */
export function exactSecret(text: string, version: string | null, expiresAt: Date | null): Secret {
  if (text === '') throw new SecretStoreError('not_found', 'the secret is empty');
  if (Buffer.byteLength(text) > MAX_SECRET_BYTES) {
    throw new SecretStoreError('denied', 'the secret is larger than 64 KiB');
  }
  return new Secret(text, version, expiresAt);
}

function objectIn(text: string): JsonObject {
  const fields = jsonObject(text);
  if (fields) return fields;
  throw new SecretStoreError('not_found', 'the secret is not a JSON object, so #key names nothing');
}

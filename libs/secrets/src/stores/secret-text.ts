import { type JsonObject, jsonObject, Secret } from '@integrations/provider-kit';
import type { AuthRef } from '../auth-ref/auth-ref';
import { SecretStoreError } from './secret-store';

/** The most that a secret may measure, in bytes of UTF-8. */
export const MAX_SECRET_BYTES = 64 * 1024;

/** The part of a stored text that `ref` names: the whole, or one text field of a JSON object. */
export function namedPart(text: string, ref: AuthRef): string {
  const value = ref.key === undefined ? text : namedField(objectIn(text), ref);
  if (value === '') throw new SecretStoreError('not_found', 'the secret is empty');
  return value;
}

/** For stores whose secrets are sets of texts: the one named by `#key`, else `value`, else the only one there is. */
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

/** For stores that know one version only. */
export function refuseVersion(ref: AuthRef): void {
  if (ref.version === undefined) return;
  throw new SecretStoreError('denied', 'this store keeps no versions: leave ?version out of authRef');
}

/** The text of a secret that is kept as bytes, told in base64. */
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

/** Drops one line end at the end, which tools that store files leave there: editors, `echo`, `secret put < token.txt`. */
export function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** The text as it is. */
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
  throw new SecretStoreError('not_found', 'the secret is not a JSON object, so that #key names nothing');
}

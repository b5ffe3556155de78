import { Secret } from '@integrations/provider-kit';
import type { AuthRef } from '../auth-ref/auth-ref';
import { SecretStoreError } from './secret-store';
import { MAX_SECRET_BYTES } from './secret-text';
import type { JsonObject } from './store-service';

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

/** Drops one line end at the end, which tools that store files leave there: editors, `echo`, `secret put < token.txt`. */
export function textSecret(text: string, version: string | null, expiresAt: Date | null): Secret {
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new SecretStoreError('not_found', 'the secret is empty');
  if (Buffer.byteLength(value) > MAX_SECRET_BYTES) {
    throw new SecretStoreError('denied', 'the secret is larger than 64 KiB');
  }
  return new Secret(value, version, expiresAt);
}

import type { AuthRef } from '../auth-ref/auth-ref';
import { SecretStoreError } from './secret-store';

/** The most that a secret may measure, in bytes of UTF-8. */
export const MAX_SECRET_BYTES = 64 * 1024;

/** The part of a stored text that `ref` names: the whole, or one text field of a JSON object. */
export function namedPart(text: string, ref: AuthRef): string {
  const value = ref.key === undefined ? text : fieldOf(text, ref.key);
  if (value === '') throw new SecretStoreError('not_found', 'the secret is empty');
  return value;
}

/** For stores that know one version only. */
export function refuseVersion(ref: AuthRef): void {
  if (ref.version === undefined) return;
  throw new SecretStoreError('denied', 'this store keeps no versions: leave ?version out of authRef');
}

function fieldOf(text: string, key: string): string {
  const parsed = parseObject(text);
  const value: unknown = parsed && Object.hasOwn(parsed, key) ? Reflect.get(parsed, key) : undefined;
  if (typeof value === 'string') return value;
  if (!parsed) throw new SecretStoreError('not_found', 'the secret is not a JSON object, so that #key names nothing');
  throw new SecretStoreError('not_found', 'the secret has no text field of the name after #');
}

/** Null for whatever is no JSON object; the parser's own message would quote the secret. */
function parseObject(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

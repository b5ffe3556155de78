import { ValidateBy } from 'class-validator';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** True if keys may be fetched from the URL: over TLS, or from the same machine. */
export function isSecureUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, username, search, hash } = new URL(value);
  if (username !== '' || search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

export function IsSecureUrl(): PropertyDecorator {
  return ValidateBy(
    { name: 'isSecureUrl', validator: { validate: isSecureUrl } },
    { message: 'must be an https:// URL without user, query and fragment (http:// on loopback only)' },
  );
}

export function IsSecureOrigin(): PropertyDecorator {
  const isOrigin = (value: unknown) => isSecureUrl(value) && new URL(String(value)).pathname === '/';
  return ValidateBy(
    { name: 'isSecureOrigin', validator: { validate: isOrigin } },
    { message: 'must be https://host[:port] without a path (http:// on loopback only)' },
  );
}

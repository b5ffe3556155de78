import { ProviderError } from '../provider-error';
import type { Credentials } from './credentials';

/** The `Authorization` value for basic authentication. Throws `invalid_request` if user or password cannot be sent. */
export function basicAuthorization(username: string, password: string): string {
  if (username.includes(':') || hasControls(username) || hasControls(password)) {
    throw new ProviderError('invalid_request', 'The user name or password contains characters that cannot be sent');
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The `Authorization` value for a bearer token. Throws `invalid_request` if the token cannot be sent. */
export function bearerAuthorization(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw new ProviderError('invalid_request', 'The token contains characters that cannot be sent');
}

/** Makes the authentication headers for an API that takes bearer tokens; none for anonymous access. */
export function bearerHeaders(
  credentials: Credentials,
): (signal: AbortSignal) => Promise<Readonly<Record<string, string>>> {
  return async (signal): Promise<Record<string, string>> => {
    const credential = await credentials.get(signal);
    return credential?.kind === 'bearer' ? { authorization: bearerAuthorization(credential.token) } : {};
  };
}

function hasControls(text: string): boolean {
  return /[\u0000-\u001f\u007f]/.test(text);
}

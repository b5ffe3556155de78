import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { ProviderError } from '@integrations/provider-kit';

/** A key as the console hands it out, read. */
export interface ServiceAccountKey {
  readonly email: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** Whoever it is that the assertion is taken to. */
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const LIFETIME_S = 3_600;

/** Throws `unauthenticated` where the secret is no such key. */
export function readKey(secret: string): ServiceAccountKey {
  try {
    const { type, client_email, private_key_id, private_key } = JSON.parse(secret) as Record<string, unknown>;
    if (type !== 'service_account' || typeof client_email !== 'string') throw new TypeError('another kind');
    const privateKey = createPrivateKey(String(private_key));
    return { email: client_email, keyId: String(private_key_id), privateKey };
  } catch {
    // Without the cause: what JSON and OpenSSL say about a key is about the key.
    const message = 'The credential is not the key of a service account: its JSON is expected, as Google hands it out';
    throw new ProviderError('unauthenticated', message);
  }
}

/** What is exchanged for an access token. https://developers.google.com/identity/protocols/oauth2/service-account */
export function assertionOf({ email, keyId, privateKey }: ServiceAccountKey, scope: string, now: number): string {
  const iat = Math.floor(now / 1_000);
  const parts = [
    { alg: 'RS256', typ: 'JWT', kid: keyId },
    { iss: email, scope, aud: AUDIENCE, iat, exp: iat + LIFETIME_S },
  ];
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`;
}

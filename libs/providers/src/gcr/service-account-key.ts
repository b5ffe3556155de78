import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ProviderError, signedJwt } from '@integrations/provider-kit';

/** A parsed key file of Google's console. */
export interface ServiceAccountKey {
  readonly email: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** The audience of the assertion, even if a gateway stands in for Google. */
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const LIFETIME_S = 3_600;

/** Throws `unauthenticated` if the secret is not a service account key. */
export function readKey(secret: string): ServiceAccountKey {
  try {
    const { type, client_email, private_key_id, private_key } = JSON.parse(secret) as Record<string, unknown>;
    if (type !== 'service_account' || typeof client_email !== 'string') throw new TypeError('another kind');
    const privateKey = createPrivateKey(String(private_key));
    return { email: client_email, keyId: String(private_key_id), privateKey };
  } catch {
    // The cause is left out, because the messages of the JSON parser and OpenSSL may reveal parts of the key.
    const message = 'The credential is not a service account key: the JSON of the key file is expected';
    throw new ProviderError('unauthenticated', message);
  }
}

/** The JWT to exchange for an access token. https://developers.google.com/identity/protocols/oauth2/service-account */
export function assertionOf({ email, keyId, privateKey }: ServiceAccountKey, scope: string, now: number): string {
  const iat = Math.floor(now / 1_000);
  const claims = { iss: email, scope, aud: AUDIENCE, iat, exp: iat + LIFETIME_S };
  return signedJwt({ alg: 'RS256', kid: keyId }, claims, privateKey);
}

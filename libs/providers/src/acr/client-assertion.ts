import { createPrivateKey, hash, randomUUID, X509Certificate } from 'node:crypto';
import { ProviderError, readClientCertificate, signedJwt } from '@integrations/provider-kit';

const LIFETIME_S = 300;

/** When the certificate expires, in milliseconds since the epoch. Throws `unauthenticated` like `clientAssertion`. */
export function certificateEnd(pem: string): number {
  return Date.parse(readClientCertificate({ certificate: pem, key: pem }).validTo);
}

/**
 * The signed JWT with which an application authenticates one request to `audience` by its certificate. `pem` must hold
 * the certificate and its RSA key; throws `unauthenticated` if it does not.
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export function clientAssertion(pem: string, clientId: string, audience: string, now: number): string {
  const { cert, key } = readClientCertificate({ certificate: pem, key: pem });
  const privateKey = createPrivateKey(key);
  if (privateKey.asymmetricKeyType !== 'rsa') {
    throw new ProviderError(
      'unauthenticated',
      'The key of the client certificate is not an RSA key, which Entra ID requires',
    );
  }
  const iat = Math.floor(now / 1_000);
  const thumbprint = hash('sha256', new X509Certificate(cert).raw, 'base64url');
  return signedJwt(
    { alg: 'PS256', 'x5t#S256': thumbprint },
    { aud: audience, iss: clientId, sub: clientId, jti: randomUUID(), nbf: iat, iat, exp: iat + LIFETIME_S },
    privateKey,
  );
}

import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

/** Whom issuers of the tests give access tokens for. */
export const AUDIENCE = 'https://integrations.example';

/** What an issuer signs with. */
export interface Key {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** With the private part: what a provider is configured with. */
  readonly jwk: JWK;
}

export async function newKey(alg: string, kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg, kid, use: 'sig' };
  return { alg, kid, privateKey, publicKey, jwk };
}

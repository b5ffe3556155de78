import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

/** The audience of the access tokens that issuers in the tests give out. */
export const AUDIENCE = 'https://integrations.example';

/** A signing key of an issuer. */
export interface Key {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** Includes the private part, for the configuration of a provider. */
  readonly jwk: JWK;
}

export async function newKey(alg: string, kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg, kid, use: 'sig' };
  return { alg, kid, privateKey, publicKey, jwk };
}

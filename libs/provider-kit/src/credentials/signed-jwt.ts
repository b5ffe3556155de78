import { constants, type KeyObject, sign } from 'node:crypto';

export interface JwtHeader {
  readonly alg: 'RS256' | 'PS256';
  readonly kid?: string;
  readonly 'x5t#S256'?: string;
}

const PADDINGS = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
} as const;

/** A JSON Web Token, signed with an RSA key. https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
export function signedJwt({ alg, ...header }: JwtHeader, claims: object, key: KeyObject): string {
  const parts = [{ alg, typ: 'JWT', ...header }, claims];
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${sign('sha256', Buffer.from(input), { key, ...PADDINGS[alg] }).toString('base64url')}`;
}

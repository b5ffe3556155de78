import { type JsonObject, jsonObject } from '../json-object';

/** The unverified claims of a registry's token: for display and comparison, never to be trusted. */
export interface TokenClaims {
  /** The account that the token was issued to; absent in anonymous tokens. */
  readonly subject?: string;
  /** What the token allows; absent if it does not say. */
  readonly access?: readonly TokenAccess[];
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** The claims of a JWT; null if the token is not a JWT. https://distribution.github.io/distribution/spec/auth/jwt/ */
export function claimsOf(token: string): TokenClaims | null {
  const payload = jwtPayload(token);
  if (!payload) return null;
  const { sub, access, exp } = payload;
  return {
    ...(typeof sub === 'string' && sub !== '' ? { subject: sub } : {}),
    ...(Array.isArray(access) ? { access: access.filter(isAccess) } : {}),
    ...(typeof exp === 'number' ? { expiresAt: exp * 1_000 } : {}),
  };
}

/** The unverified payload of any JWT; null if the token is not a JWT. */
export function jwtPayload(token: string): JsonObject | null {
  const [header, payload, signature, ...rest] = token.split('.');
  if (!header || !payload || signature === undefined || rest.length > 0) return null;
  return jsonObject(Buffer.from(payload, 'base64url').toString());
}

function isAccess(value: unknown): value is TokenAccess {
  const { type, name, actions } = (value ?? {}) as Record<string, unknown>;
  const isText = (text: unknown) => typeof text === 'string';
  return isText(type) && isText(name) && Array.isArray(actions) && actions.every(isText);
}

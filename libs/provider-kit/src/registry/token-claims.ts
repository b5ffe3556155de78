import { type JsonObject, jsonObject } from '../json-object';

/** What a registry's token says of itself, unverified: for people and for comparing, never for trusting. */
export interface TokenClaims {
  /** Whom it is for; absent of an anonymous one. */
  readonly subject?: string;
  /** What it allows; absent where it does not say. */
  readonly access?: readonly TokenAccess[];
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** The claims of a JWT; null of a token that is none. https://distribution.github.io/distribution/spec/auth/jwt/ */
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

/** What any JWT says, unverified; null of a token that is none. */
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

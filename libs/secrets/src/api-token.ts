import { createHash, randomBytes } from 'node:crypto';

/** The scopes that an API token may have. */
export const API_SCOPES = [
  'integrations:read',
  'integrations:write',
  'integrations:test',
  'annotations:read',
  'annotations:write',
  'audit:read',
  'secrets:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** Marks a token as ours, for people and for secret scanners. */
const PREFIX = 'ist_';
const RANDOM_BYTES = 32;

/** A new token of 256 random bits: guessing is hopeless, so its plain hash needs no salt. */
export function newApiToken(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/** The form in which tokens are stored and looked up: SHA-256 in hexadecimal digits. Accepts any text. */
export function hashApiToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

import { createHash, randomBytes } from 'node:crypto';

/** What a token of the API may be good for. */
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

/** Tells our tokens apart from those of vendors, for people and for secret scanners. */
const PREFIX = 'ist_';
const RANDOM_BYTES = 32;

/** A new token: 256 random bits, so that guessing is hopeless and its plain hash needs no salt. */
export function newApiToken(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/** What is stored of a token, and looked up for each request: SHA-256 in hexadecimal digits. Takes any text. */
export function hashApiToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

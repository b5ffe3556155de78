import type { DiscoveryKind } from '@integrations/contracts';
import { createHash } from 'node:crypto';

/** The list that a cursor leads on in, and in no other. */
export interface ListOf {
  readonly integrationId: string;
  readonly kind: DiscoveryKind;
  readonly q: string | null;
}

const CHECK_LENGTH = 16;

/** Makes what a plugin calls its cursor into one that nobody changes or takes to another list unnoticed. It hides nothing. */
export function seal(position: string, list: ListOf): string {
  return Buffer.from(`${checkOf(position, list)}${position}`).toString('base64url');
}

/** What was sealed for this list; null for anything else. */
export function unseal(cursor: string, list: ListOf): string | null {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(CHECK_LENGTH);
  return seal(position, list) === cursor ? position : null;
}

function checkOf(position: string, { integrationId, kind, q }: ListOf): string {
  const parts = JSON.stringify([integrationId, kind, q, position]);
  return createHash('sha256').update(parts).digest('hex').slice(0, CHECK_LENGTH);
}

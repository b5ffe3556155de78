import type { ProbePermissions } from '@integrations/contracts';
import { claimsOf, grantedBy, type TokenClaims } from '@integrations/provider-kit';

/** On repositories: `metadata_read` is for their tags. */
export const REQUIRED = ['pull', 'metadata_read'];
/** All that a token can be asked for. */
export const ACTIONS = [...REQUIRED, 'push', 'metadata_write', 'delete'];

/** What a refresh token says in other words, of the registry as a whole. */
const ROLE_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  '*': ACTIONS,
  read: REQUIRED,
  write: ['push', 'metadata_write'],
  delete: ['delete'],
};

/** What the roles of an application allow, as its refresh token says; null where that says nothing we know. */
export function actionsOfRoles(refreshToken: string): string[] | null {
  if (!claimsOf(refreshToken)) return null;
  const payload: unknown = JSON.parse(Buffer.from(refreshToken.split('.')[1]!, 'base64url').toString());
  const { actions } = (payload as { readonly permissions?: { readonly actions?: unknown } }).permissions ?? {};
  const known = (Array.isArray(actions) ? actions : []).flatMap((action) => ROLE_ACTIONS[String(action)] ?? []);
  return known.length === 0 ? null : [...new Set(known)];
}

/** What a registry's token allows at the one repository that it was asked for; null where it does not say. */
export function actionsOfToken(claims: TokenClaims | null): string[] | null {
  return (claims && grantedBy(claims))?.map((action) => action.slice(action.lastIndexOf(':') + 1)) ?? null;
}

export function permissionsOf(granted: readonly string[]): ProbePermissions {
  const missing = REQUIRED.filter((action) => !granted.includes(action));
  return {
    required: REQUIRED,
    granted,
    missing,
    excess: granted.filter((one) => !REQUIRED.includes(one)),
    how: 'token_claims',
  };
}

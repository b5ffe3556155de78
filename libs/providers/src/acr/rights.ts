import { jwtPayload } from '@integrations/provider-kit';

/** Required on repositories. Listing tags requires `metadata_read`. */
export const REQUIRED = ['pull', 'metadata_read'];
/** All actions that a token can be requested for. */
export const ACTIONS = [...REQUIRED, 'push', 'metadata_write', 'delete'];

/** The actions behind the words with which a refresh token describes rights on the whole registry. */
const ROLE_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  '*': ACTIONS,
  read: REQUIRED,
  write: ['push', 'metadata_write'],
  delete: ['delete'],
};

/** What an application's roles allow, according to its refresh token; null if the token lists nothing that we know. */
export function actionsOfRoles(refreshToken: string): string[] | null {
  const { permissions } = jwtPayload(refreshToken) ?? {};
  const { actions } = (permissions ?? {}) as { readonly actions?: unknown };
  const known = (Array.isArray(actions) ? actions : []).flatMap((action) => ROLE_ACTIONS[String(action)] ?? []);
  return known.length === 0 ? null : [...new Set(known)];
}

import { jwtPayload } from '@integrations/provider-kit';

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
  const { permissions } = jwtPayload(refreshToken) ?? {};
  const { actions } = (permissions ?? {}) as { readonly actions?: unknown };
  const known = (Array.isArray(actions) ? actions : []).flatMap((action) => ROLE_ACTIONS[String(action)] ?? []);
  return known.length === 0 ? null : [...new Set(known)];
}

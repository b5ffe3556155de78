import type { Values } from './values';

const ITEM = 'kept-form';

/**
 * Keeps in this tab what was filled in, as long as the owner has not taken it.
 * A form holds references to secrets, never their values.
 */
export function keepFor(owner: string, changes: Values, storage: Storage = sessionStorage): void {
  if (Object.keys(changes).length > 0) storage.setItem(ITEM, JSON.stringify({ owner, changes }));
}

export function keptFor(owner: string, storage: Storage = sessionStorage): Values {
  const kept = JSON.parse(storage.getItem(ITEM) ?? 'null') as { owner: string; changes: Values } | null;
  return kept?.owner === owner ? kept.changes : {};
}

export function dropKept(storage: Storage = sessionStorage): void {
  storage.removeItem(ITEM);
}

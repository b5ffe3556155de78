import type { TokenClaims } from './token-claims';

/** The scope for listing a registry's repositories. */
export const CATALOG_SCOPE = 'registry:catalog:*';

/** The actions that change nothing in a repository. ACR requires `metadata_read` for tags. */
const READING = ['pull', 'metadata_read'];

/** `repository:team/app:pull`. */
export function repositoryScope(repository: string, actions: readonly string[] = ['pull']): string {
  return `repository:${repository}:${actions.join(',')}`;
}

/** Splits scopes into one per action, such as `repository:team/app:pull`. Names may contain colons. */
function actionsOf(scopes: readonly string[]): string[] {
  return scopes.flatMap((scope) => {
    const end = scope.lastIndexOf(':');
    return scope
      .slice(end + 1)
      .split(',')
      .map((action) => `${scope.slice(0, end)}:${action}`);
  });
}

/** The actions that a token allows, each as a scope; null if the token does not say. */
export function grantedBy({ access }: TokenClaims): string[] | null {
  return access?.flatMap(({ type, name, actions }) => actions.map((action) => `${type}:${name}:${action}`)) ?? null;
}

/** The actions, such as `pull`, that a token allows on the one repository it is for; null if it does not say. */
export function actionsIn(claims: TokenClaims | null): string[] | null {
  return claims?.access?.flatMap(({ actions }) => actions) ?? null;
}

/** The requested actions that were not granted. */
export function missingFrom(granted: readonly string[], scopes: readonly string[]): string[] {
  const has = new Set(granted);
  return actionsOf(scopes).filter((action) => !has.has(action) && !has.has(action.replace(/:[^:]*$/, ':*')));
}

/**
 * The scopes that a registry demands in a challenge in addition to `scopes`. Only read actions on repositories that
 * `scopes` already name: whatever the registry demands, we request no token for more than that.
 */
export function furtherScopes(asked: string | undefined, scopes: readonly string[]): string[] {
  const known = new Set(actionsOf(scopes));
  const resources = new Set(actionsOf(scopes).map((action) => action.replace(/:[^:]*$/, '')));
  return actionsOf((asked ?? '').split(' ')).filter((action) => {
    const end = action.lastIndexOf(':');
    const isReading = READING.includes(action.slice(end + 1));
    return isReading && resources.has(action.slice(0, end)) && !known.has(action);
  });
}

import type { TokenClaims } from './token-claims';

/** To list what a registry has. */
export const CATALOG_SCOPE = 'registry:catalog:*';

/** What may be done with a repository without changing anything; of ACR's tags, the second is asked. */
const READING = ['pull', 'metadata_read'];

/** `repository:team/app:pull`. */
export function repositoryScope(repository: string, actions: readonly string[] = ['pull']): string {
  return `repository:${repository}:${actions.join(',')}`;
}

/** Each action of each scope by itself, such as `repository:team/app:pull`. A name may hold colons: a port, for one. */
function actionsOf(scopes: readonly string[]): string[] {
  return scopes.flatMap((scope) => {
    const end = scope.lastIndexOf(':');
    return scope
      .slice(end + 1)
      .split(',')
      .map((action) => `${scope.slice(0, end)}:${action}`);
  });
}

/** The actions that a token allows; null where it does not say. */
export function grantedBy({ access }: TokenClaims): string[] | null {
  return access?.flatMap(({ type, name, actions }) => actions.map((action) => `${type}:${name}:${action}`)) ?? null;
}

/** What a token allows at the one repository that it was asked for, as `pull`; null where it does not say. */
export function actionsIn(claims: TokenClaims | null): string[] | null {
  return claims?.access?.flatMap(({ actions }) => actions) ?? null;
}

/** What was asked for and is not among what was granted. */
export function missingFrom(granted: readonly string[], scopes: readonly string[]): string[] {
  const has = new Set(granted);
  return actionsOf(scopes).filter((action) => !has.has(action) && !has.has(action.replace(/:[^:]*$/, ':*')));
}

/**
 * What a registry asks for in a challenge beside `scopes`: reading of a repository that they name. A registry does not get
 * a token for more than that, whatever it asks for.
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

/** Names a secret in a configured store: `authref://<store>/<path>[#<key>][?version=<v>]`. Does not contain the tenant. */
export interface AuthRef {
  /** The name of a configured store, never an address. */
  readonly store: string;
  /** Segments with `/` between them. */
  readonly path: string;
  /** The field of a JSON secret. */
  readonly key?: string;
  readonly version?: string;
  /** The one way to write this reference: equal references have equal canonical forms. */
  readonly canonical: string;
}

/** Says what is wrong with a reference and what is allowed. Never quotes the reference. */
export class AuthRefError extends Error {
  override readonly name = 'AuthRefError';
}

const MAX_LENGTH = 512;
const PREFIX = 'authref://';
const FORM = 'authref://<store>/<path>[#<key>][?version=<v>]';
const PARTS = /^([^/#?]*)\/([^#?]*)(?:#([^?]*))?(?:\?(.*))?$/;
const STORE = /^[a-z][a-z0-9-]{0,31}$/;
const SEGMENT = /^[A-Za-z0-9._+=@-]+$/;
const KEY = /^[A-Za-z0-9._-]{1,128}$/;
const VERSION = /^version=([A-Za-z0-9._-]{1,64})$/;

/** Accepts nothing but the canonical form. Throws AuthRefError. */
export function parseAuthRef(text: string): AuthRef {
  checkText(text);
  const [, store, path, key, query] = PARTS.exec(text.slice(PREFIX.length)) ?? [];
  if (store === undefined || path === undefined) throw new AuthRefError(`must have the form ${FORM}`);
  checkStore(store);
  checkPath(path);
  if (key !== undefined && !KEY.test(key)) {
    throw new AuthRefError('the key after # must be 1 to 128 letters, digits, dots, _ or -');
  }
  const version = query === undefined ? undefined : versionOf(query);
  return {
    store,
    path,
    ...(key === undefined ? {} : { key }),
    ...(version === undefined ? {} : { version }),
    canonical: text,
  };
}

/** Throws AuthRefError unless `path` may stand in a reference. */
export function checkPath(path: string): void {
  for (const segment of path.split('/')) {
    if (segment === '') throw new AuthRefError('the path must have no empty segment and not begin or end with /');
    if (segment === '.' || segment === '..') throw new AuthRefError('the path must have no segment . or ..');
    if (!SEGMENT.test(segment)) throw new AuthRefError('the path may contain only letters, digits and . _ + = @ - /');
  }
}

function checkText(text: string): void {
  if (text.length > MAX_LENGTH) throw new AuthRefError(`must be at most ${MAX_LENGTH} characters long`);
  if (/[^\x21-\x7e]/.test(text)) throw new AuthRefError('must consist of visible ASCII characters, without spaces');
  if (!text.startsWith(PREFIX)) throw new AuthRefError(`must begin with ${PREFIX}`);
  if (text.includes('%')) throw new AuthRefError('must not contain %: nothing is percent-encoded in a reference');
}

function checkStore(store: string): void {
  if (store.includes('@'))
    throw new AuthRefError('must not contain user information: the store is a name, not an address');
  if (store.includes(':')) throw new AuthRefError('must not contain a port: the store is a name, not an address');
  if (!STORE.test(store)) {
    throw new AuthRefError('the store must be 1 to 32 lower-case letters, digits or - and begin with a letter');
  }
}

function versionOf(query: string): string {
  if (query.includes('#')) throw new AuthRefError(`the key comes before the version: ${FORM}`);
  const [, version] = VERSION.exec(query) ?? [];
  if (version === undefined) {
    throw new AuthRefError('after ? only version=<v> is allowed, with 1 to 64 letters, digits, dots, _ or -');
  }
  return version;
}

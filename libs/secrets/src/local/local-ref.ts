import { type AuthRef, AuthRefError, parseAuthRef } from '../auth-ref/auth-ref';

/** The reference to the secret under `path` in the `local` store. Throws AuthRefError. */
export function localRef(path: string): AuthRef {
  const ref = parseAuthRef(`authref://local/${path}`);
  if (ref.path === path) return ref;
  throw new AuthRefError('the path must name a secret, neither a field nor a version of it');
}

import type { SecretResolver } from '@integrations/provider-kit';

/** For whoever probes a connection, perhaps because a secret was just replaced: the first use of each reads its store. */
export function readAfresh(secrets: SecretResolver): SecretResolver {
  const read = new Set<string>();
  return {
    resolve: (request, signal) => {
      const fresh = !read.has(request.authRef);
      read.add(request.authRef);
      return secrets.resolve({ ...request, fresh }, signal);
    },
    forget: (request) => secrets.forget(request),
  };
}

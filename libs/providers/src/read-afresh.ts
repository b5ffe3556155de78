import type { SecretResolver } from '@integrations/provider-kit';

/** For probes, which may follow the replacement of a secret: the first use of each secret bypasses the cache. */
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

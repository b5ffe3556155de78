const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/**
 * The digest of a running image: the one that its reference pins, or else the one of its own repository, or else the
 * only one that the engine knows. `known` are the image's `RepoDigests`, such as `team/shop@sha256:…`; an image that
 * was never pulled or pushed has none. Null if there is no digest, or if several of other repositories fit.
 */
export function imageDigest(reference: string, known: readonly string[]): string | null {
  const pinned = digestIn(reference);
  if (pinned !== null) return pinned;
  const repository = repositoryOf(reference);
  const own = known.find((one) => repositoryOf(one) === repository);
  if (own !== undefined) return digestIn(own);
  const digests = new Set(known.map(digestIn));
  return digests.size === 1 ? [...digests][0]! : null;
}

function digestIn(reference: string): string | null {
  return DIGEST.exec(reference)?.[1] ?? null;
}

/** The full name of the repository: `docker.io/library/nginx` for `nginx:1.25`. */
function repositoryOf(reference: string): string {
  const name = reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return name;
  return rest.length > 0 ? `docker.io/${name}` : `docker.io/library/${name}`;
}

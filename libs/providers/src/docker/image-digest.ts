const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/**
 * The digest of an image that runs: as its reference pins it, else that of the repository it was asked from, else the only
 * one that its engine knows. `known`: the `RepoDigests` of the image, `team/shop@sha256:…`, which may have none before it was
 * pulled or pushed. Null where there is none, or where others of several repositories could be meant.
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

/** In full: `nginx:1.25` is of `docker.io/library/nginx`. */
function repositoryOf(reference: string): string {
  const name = reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return name;
  return rest.length > 0 ? `docker.io/${name}` : `docker.io/library/${name}`;
}

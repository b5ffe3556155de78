import { type Location, readBase } from './location';

/** Those whose bases match the location best: same host, the longest path. Several when they match equally well. */
export function bestMatches<T>(
  location: Location,
  candidates: readonly T[],
  basesOf: (candidate: T) => readonly string[],
): T[] {
  let best = -1;
  let found: T[] = [];
  for (const candidate of candidates) {
    const length = Math.max(-1, ...basesOf(candidate).map((base) => matchLength(location, base)));
    if (length < 0 || length < best) continue;
    found = length > best ? [candidate] : [...found, candidate];
    best = length;
  }
  return found;
}

/** How many segments of the path match; -1 if the location is not below the base. */
function matchLength({ host, port, path }: Location, text: string): number {
  const base = readBase(text);
  if (!base || base.host !== host || (port !== null && base.port !== port)) return -1;
  // A repository is below its base, never the base itself. Hosts of repositories take no account of case in paths.
  const below = path.length > base.path.length;
  return below && base.path.every((segment, n) => segment.toLowerCase() === path[n]?.toLowerCase())
    ? base.path.length
    : -1;
}

import { setImmediate as othersHadTheirTurn } from 'node:timers/promises';
import { type Location, readBase } from './location';

/** How many candidates to process, in a few milliseconds, before yielding to the event loop. */
const AT_ONCE = 250;

/** The candidates whose bases match the location best: same host, longest path. Several if they match equally well. */
export async function bestMatches<T>(
  location: Location,
  candidates: readonly T[],
  basesOf: (candidate: T) => readonly string[],
): Promise<T[]> {
  let best = -1;
  let found: T[] = [];
  for (const [n, candidate] of candidates.entries()) {
    if (n > 0 && n % AT_ONCE === 0) await othersHadTheirTurn();
    const length = Math.max(-1, ...basesOf(candidate).map((base) => matchLength(location, base)));
    if (length < 0 || length < best) continue;
    if (length > best) found = [];
    found.push(candidate);
    best = length;
  }
  return found;
}

/** Number of path segments that match; -1 if the location is not below the base. */
function matchLength({ host, port, path }: Location, text: string): number {
  const base = readBase(text);
  if (!base || base.host !== host || (port !== null && base.port !== port)) return -1;
  // A repository is below its base, never the base itself. Repository hosts ignore case in paths.
  const below = path.length > base.path.length;
  return below && base.path.every((segment, n) => segment.toLowerCase() === path[n]?.toLowerCase())
    ? base.path.length
    : -1;
}

import { CONSOLE_ADDRESS } from '../console-routes';

const LONGEST = 1_000;
/** A placeholder origin, to tell paths of this host from other URLs. */
const HERE = 'http://here.invalid';

/** The console page to return to, as a path with its query. Anything else becomes the first page. */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string') return CONSOLE_ADDRESS;
  // Parse it as browsers do: they drop line breaks, read \ as / and resolve dots, even escaped ones.
  const url = URL.parse(wanted, HERE);
  if (url?.origin !== HERE || !url.pathname.startsWith(CONSOLE_ADDRESS)) return CONSOLE_ADDRESS;
  // Limit the escaped length, which goes into a cookie: escaping may turn one letter into twelve.
  const path = `${url.pathname}${url.search}`;
  return path.length > LONGEST ? CONSOLE_ADDRESS : path;
}

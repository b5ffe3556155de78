const CONSOLE = '/console/';
const LONGEST = 1_000;
/** Only tells what is below it from what is elsewhere. */
const HERE = 'http://here.invalid';

/** A page of the console to come back to, as a path with its query; what is anything else leads to the first page. */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string') return CONSOLE;
  // As browsers read it: they drop line breaks, take \ for / and resolve dots, escaped ones included.
  const url = URL.parse(wanted, HERE);
  if (url?.origin !== HERE || !url.pathname.startsWith(CONSOLE)) return CONSOLE;
  // As it stands in a cookie, where one letter may have become twelve.
  const path = `${url.pathname}${url.search}`;
  return path.length > LONGEST ? CONSOLE : path;
}

/**
 * The URL as pg is given it. pg takes the three modes for verify-full as well, warns of that on standard error, and is to take
 * them for less in its next major version. Who sets uselibpqcompat wants that now.
 * https://github.com/brianc/node-postgres/tree/master/packages/pg-connection-string#tcp-connections
 */
export function verifyingUrl(url: string): string {
  if (/[?&]uselibpqcompat=true(?:&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}

/** Its address and database, without user and password. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

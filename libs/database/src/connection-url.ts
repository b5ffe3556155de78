/**
 * The URL to pass to pg, with `prefer`, `require` and `verify-ca` written as `verify-full`. pg already treats these three
 * modes as verify-full, but warns about it on standard error and will give them libpq's weaker meaning in its next major
 * version. A URL with uselibpqcompat=true asks for that weaker meaning today and stays unchanged.
 * https://github.com/brianc/node-postgres/tree/master/packages/pg-connection-string#tcp-connections
 */
export function verifyingUrl(url: string): string {
  if (/[?&]uselibpqcompat=true(?:&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}

/** Host, port and database of the URL, without user and password. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
